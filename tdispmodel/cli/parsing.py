"""An argument parser whose errors are complaints.  Imports nothing of tdispmodel that ``--help`` does not need."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple, NoReturn

NOT_ASKED: dict[str, object] = {
    "select": "",
    "engine": (),
    "paranoid": False,
    "any_number": False,
    "timeout": None,
    "memory": None,
    "jobs": 1,
    "certificates": None,
    "checkpoint": None,
    "cluster": None,
    "full": False,
    "no_vacuous": False,
    "mutants": False,
}
"""What a request is without the options that a verb does not have."""


class Verb(NamedTuple):
    """One command: what it is for, where its function is, how its arguments are declared, what else is to be said."""

    summary: str
    usage: str
    module: str
    function: str
    declare: Callable[[argparse.ArgumentParser], None]
    notes: str = ""
    """What ``--help`` says after the options and before the exit codes."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are complaints."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint about a usage error."""
        usage_error(message, f"see {self.prog} --help")


class Once(argparse.Action):
    """An option that says one thing: given again, it must say the same."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Keep the value.  Raises the complaint about a second one that differs."""
        before = getattr(namespace, self.dest)
        if before is not None and before != values:
            usage_error(
                f"{option_string} is given twice, as {str(before)[:60]} and as {str(values)[:60]}",
                "leave out one of them",
            )
        setattr(namespace, self.dest, values)


def usage_error(message: str, hint: str) -> NoReturn:
    """Raise the complaint about a usage error."""
    from tdispmodel.checking.mistakes import USAGE, mistake  # noqa: PLC0415  # `--help` needs it not

    raise mistake(USAGE, message, hint)
