"""What shells and ``man`` are told of the command line: written by ``python -m tdispmodel.cli.shells``, and shipped.

The files come from the parsers themselves.  Completions are shtab's (extra ``completion``); the names of proposals,
properties and engines are asked of ``tdispmodel list WHAT --names`` when they are wanted.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tdispmodel import __version__
from tdispmodel.cli.arguments import EXIT_CODES, SHELLS, VERBS, parser_of

MANUAL = "tdispmodel.1"
FOLDER = Path(__file__).parent / "shipped"

ABOUT = (
    "Each design is a proposal, checked against a catalogue of properties.",
    "The answer is a proof that somebody else can check, or a shortest counterexample.",
    "A PROPOSAL is a name of the catalogue, or the path of a model file, which is read and never run.",
)
CATALOGUE = (
    "The catalogue is that of the nearest folder upwards with a pyproject.toml beside proposals/ and properties/,",
    "else the one that comes with the package.",
)

ASKED = {
    "proposal": "proposals",
    "proposals": "proposals",
    "full": "proposals",
    "abstract": "proposals",
    "property": "properties",
    "engine": "engines",
}
"""For arguments by their destination, what `list` names."""

NAMES = sorted(set(ASKED.values()))
BASH = """\
_tdispmodel_{what}() {{
    compgen -W "$(tdispmodel list {what} --names 2>/dev/null)" -- "$1"
    compgen -f -- "$1"
}}
"""
ZSH = """\
_tdispmodel_{what}() {{
    compadd -- ${{(f)"$(tdispmodel list {what} --names 2>/dev/null)"}}
    _files
}}
"""
ASKING = {"bash": BASH, "zsh": ZSH}
"""For a shell the function that completes a name."""


def whole() -> argparse.ArgumentParser:
    """Return one parser with all commands, for what walks through parsers; it is not the one that parses."""
    parser = argparse.ArgumentParser(prog="tdispmodel", description="A model checker for designs with TDISP devices.")
    parser.add_argument("--version", action="store_true", help="print the version")
    verbs = parser.add_subparsers(dest="verb")
    for name, verb in VERBS.items():
        verb.declare(verbs.add_parser(name, help=verb.summary, description=verb.summary, prog=f"tdispmodel {name}"))
    return parser


def completion(shell: str) -> str:
    """Return the completion of a shell.  ImportError without the extra."""
    import shtab  # noqa: PLC0415  # only who makes the files needs it

    parser = whole()
    for each in parsers(parser):
        for action in each._actions:  # noqa: SLF001  # argparse has no other way to see them
            if action.dest in ASKED and action.nargs != 0 and not action.choices:
                function = f"_tdispmodel_{ASKED[action.dest]}"
                action.complete = {"bash": function, "zsh": function}  # type: ignore[attr-defined]  # read by shtab
            elif action.metavar in ("FILE", "DIR"):
                action.complete = shtab.FILE if action.metavar == "FILE" else shtab.DIRECTORY  # type: ignore[attr-defined]
    functions = "".join(ASKING[shell].format(what=what) for what in NAMES) if shell in ASKING else ""
    text: str = shtab.complete(parser, shell, preamble=functions)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parsers of the commands."""
    for action in parser._actions:  # noqa: SLF001  # as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # as above
            yield from action.choices.values()


def manual() -> str:
    """Return the page for ``man``: man(7), section 1."""
    lines = [f'.TH TDISPMODEL 1 "" "tdispmodel {__version__}" "User Commands"', ".SH NAME"]
    lines += [r"tdispmodel \- a model checker for designs that decide when a driver may touch a TDISP device"]
    lines += [".SH SYNOPSIS", ".B tdispmodel", ".I COMMAND", "[ARGUMENTS]", ".SH DESCRIPTION"]
    lines += [*map(roff, ABOUT), ".SH COMMANDS"]
    for name, verb in VERBS.items():
        lines += [f".SS {roff(f'tdispmodel {name} {verb.usage}'.strip())}"]
        lines += [roff(f"{verb.summary[:1].upper()}{verb.summary[1:]}")]
        for action in parser_of(name)._actions:  # noqa: SLF001  # as above
            if action.help is not argparse.SUPPRESS and action.dest != "help":
                lines += [".TP", _named(action), roff(_helped(action))]
    lines += [".SH EXIT STATUS", ".nf", *map(roff, EXIT_CODES.splitlines()[1:]), ".fi"]
    lines += [".SH FILES", *map(roff, CATALOGUE)]
    return "\n".join(lines) + "\n"


def _named(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return rf"\fI{roff(metavar)}\fR"
    names = ", ".join(rf"\fB{roff(name)}\fR" for name in action.option_strings)
    takes = "" if action.nargs == 0 else rf" \fI{roff(metavar)}\fR"
    return names + takes


def _helped(action: argparse.Action) -> str:
    said = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
    chosen = f" ({', '.join(map(str, action.choices))})" if action.choices else ""
    return f"{said}{chosen}" or action.dest


def roff(text: str) -> str:
    """Return a line of text for roff: hyphens that can be copied, and no line that looks like a request."""
    plain = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{plain}" if plain[:1] in (".", "'") else plain


def texts() -> Iterator[tuple[str, str]]:
    """Yield the names of the files, each with its text."""
    yield MANUAL, manual()
    yield from ((f"tdispmodel.{shell}", completion(shell)) for shell in SHELLS)


if __name__ == "__main__":
    for name, text in texts():
        (FOLDER / name).write_text(text, encoding="utf-8")
