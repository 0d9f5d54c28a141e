"""What does the live page look like? Draws docs/images/live_page.png.

python experiments/live_page_picture.py [KEY=VALUE ...]: two or three minutes on two cores, with Chromium as the browser tests have it.
"""

from __future__ import annotations

import base64
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from chromium import Chromium

WIDTH, HEIGHT, PATIENCE = 1280, 1120, 900.0
SCENE = "#scenario=visa_tightening"


def main() -> None:
    """Start the page, wait for its answer in full, and write the picture."""
    server = subprocess.Popen([sys.executable, "-u", "-m", "talentsim", "dashboard", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        with Chromium() as browser:
            browser.open(url + SCENE, WIDTH, HEIGHT)
            browser.wait_for("document.body.dataset.state === 'done'", PATIENCE)
            browser.wait_for("document.body.dataset.view", PATIENCE)      # who went where, and how many stay
            browser.value("new Promise(done => setTimeout(done, 1500))")
            picture = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
        (ROOT / "docs" / "images" / "live_page.png").write_bytes(picture)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


if __name__ == "__main__":
    main()
