"""Open the page: find a port on this machine's own address, serve, and end cleanly on Ctrl-C."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn

from talentsim.config import UserError
from talentsim.dashboard.chosen import Choice
from talentsim.dashboard.desk import Desk
from talentsim.dashboard.memory import hold_little
from talentsim.dashboard.server import application

ADDRESS = "127.0.0.1"
PORT = 8765
N_TRIED = 20


class _Server(uvicorn.Server):
    """A server that ends its runs as soon as it is asked to end: what waits for them would be cut short otherwise."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop what is under way; what is cut short now is no error to be told."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
        self.config.app.state.page.leave()       # type: ignore[union-attr]  # the application made below, no callable of another kind
        super().handle_exit(sig, frame)


def serve(given: Sequence[str], config_dir: str | None, port: int | None, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C.

    Parameters
    ----------
    given
        Overrides that hold for whatever the page asks.
    port
        Asked for; None takes the usual one. One that is taken is told, and the next one taken.

    Raises
    ------
    UserError
        When the overrides are wrong, or no port is free.
    """
    hold_little()
    desk = Desk(given, config_dir)
    desk.question(Choice())
    listening, wanted = free_socket(port or PORT)
    found = listening.getsockname()[1]
    if found != wanted:
        say(f"Port {wanted} is taken; the next one that is free is {found}")
    app = application(desk, [f"{ADDRESS}:{found}", f"localhost:{found}"])
    server = _Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, server_header=False))
    say(f"The page is at http://{ADDRESS}:{found}/ and serves this machine alone. Ctrl-C ends it.")
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:       # it has ended already, and says so by the signal it was given
        pass
    finally:
        listening.close()
    say("\nThe page is closed. What is computed stays in the store.")


def free_socket(port: int) -> tuple[socket.socket, int]:
    """Return a socket on the first free port from `port` on, and the port asked for.

    Raises
    ------
    UserError
        When none of the next ones is free.
    """
    for each in range(port, min(port + N_TRIED, 65536)):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((ADDRESS, each))
            listening.listen(128)
        except OSError:
            listening.close()
            continue
        return listening, port
    raise UserError("talentsim dashboard", f"no port from {port} to {port + N_TRIED - 1} is free", "a free port of 1024 to 65535",
                    "name another: talentsim dashboard 9000")
