"""`talentsim completion bash|zsh|fish`: print what makes a shell complete the words of talentsim.

Put it where your shell looks: `eval "$(talentsim completion bash)"` in ~/.bashrc, `eval "$(talentsim completion zsh)"` in ~/.zshrc behind
compinit, and for fish what `talentsim completion fish` prints, in ~/.config/fish/completions/talentsim.fish. It knows commands, options, groups, scenarios,
levers and countries of this version; with --config-dir FOLDER those of your own files as well.
"""

from __future__ import annotations

from talentsim.commands.arguments import Arguments

OPTIONS = ("--config-dir", "--multirun", "--help", "--version", "--cfg", "--hydra-help")
GROUPS = ("world", "scenario", "baseline", "entry", "visa", "executor", "parameters", "history")
KEYS = ("focus=", "population.scale=", "ensemble.replications=", "ensemble.until_precision=", "seed=", "compare.year=", "compare.level=",
        "compare.decompose=true", "output.dir=", "output.csv=true", "output.xlsx=true", "output.tables=full", "output.figures=false",
        "output.report=false", "output.people=false", "timing=true")

BASH = """\
_talentsim() {{
    local line="${{COMP_LINE:0:COMP_POINT}}" word
    word="${{line##* }}"
    COMPREPLY=($(compgen -W "{words}" -- "$word"))
    if [[ "$COMP_WORDBREAKS" == *=* && "$word" == *=* ]]; then COMPREPLY=("${{COMPREPLY[@]#"${{word%=*}}="}}"); fi
    if [[ ${{#COMPREPLY[@]}} == 1 && "${{COMPREPLY[0]}}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
}}
complete -o default -F _talentsim talentsim
"""
ZSH = """\
_talentsim() {{
    local -a words_known keys_known
    words_known=({words})
    keys_known=(${{(M)words_known:#*=}})
    words_known=(${{words_known:#*=}})
    compadd -a words_known
    compadd -S '' -a keys_known
    _files
}}
compdef _talentsim talentsim
"""
FISH = """\
complete -c talentsim -a "{words}"
"""
SHELLS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def run(arguments: Arguments) -> int:
    """Print the completion of a shell.

    Raises
    ------
    UserError
        When no shell is named, or one that there is no completion for.
    """
    from talentsim.config.errors import UserError, unknown_name

    if len(arguments.words) < 2:
        raise UserError("talentsim completion", "no shell is named", ", ".join(SHELLS), 'eval "$(talentsim completion bash)"')
    shell = arguments.words[1]
    if shell not in SHELLS:
        raise unknown_name("talentsim completion", "shell", shell, SHELLS)
    print(SHELLS[shell].format(words=" ".join(known_words(arguments.config_dir))), end="")
    return 0


def known_words(config_dir: str | None = None) -> list[str]:
    """Return every word that a shell is to complete: commands, options, choices of groups, levers, keys."""
    from talentsim.commands import COMMANDS
    from talentsim.config.files import names_in_group
    from talentsim.vocab import LEVERS

    options = [option for each in COMMANDS.values() for option in each.options]
    choices = [f"{group}={name}" for group in GROUPS for name in names_in_group("scenario" if group == "baseline" else group, config_dir)]
    countries = [f"focus={name}" for name in names_in_group("country", config_dir)]
    return list(dict.fromkeys([*COMMANDS, *OPTIONS, *options, *choices, *countries, *LEVERS, *KEYS]))
