"""`talentsim dashboard [PORT]`: a page in the browser with every lever as a slider, on this machine alone.

Any KEY=VALUE given with it applies to every question of the page: `talentsim dashboard world=toy`, `talentsim dashboard population.scale=0.1`.
It needs `pip install 'talentsim[dashboard]'`. Ctrl-C ends it.
"""

from __future__ import annotations

from talentsim.commands.arguments import Arguments


def run(arguments: Arguments) -> int:
    """Serve the page until Ctrl-C.

    Raises
    ------
    UserError
        When what stands behind the command is wrong, or the page's own packages are not installed.
    """
    from talentsim.config.errors import UserError

    words = arguments.words[1:]
    if len(words) > 1 or not all(each.isdigit() and 1024 <= int(each) <= 65535 for each in words):
        raise UserError("talentsim dashboard", f"found {' '.join(words)!r}", "nothing, or a port from 1024 to 65535")
    refused = [*arguments.hydra, *(["-m"] if arguments.multirun else [])]
    refused += [line for line in arguments.overrides if line.lstrip("+~").startswith(("hydra.", "hydra/"))]
    if refused:
        raise UserError("talentsim dashboard", f"{refused[0]!r} is for jobs of the command line", "KEY=VALUE of the configuration", "leave it out")
    try:
        from talentsim.dashboard.serve import serve
    except ModuleNotFoundError as error:
        raise UserError("talentsim dashboard", f"the package {error.name} is not installed", "", "pip install 'talentsim[dashboard]'") from None
    serve(arguments.overrides, arguments.config_dir, int(words[0]) if words else None, lambda text: print(text, flush=True))
    return 0
