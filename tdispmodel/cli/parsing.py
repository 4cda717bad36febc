"""An argument parser whose errors are complaints.  Imports nothing of tdispmodel that ``--help`` does not need."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple, NoReturn

GATE_NOTES = """\
what passes (exit code 0):
  what holds; what is violated and expected, waived, or in the baseline;
  what is open and waived.  What is open cannot be expected.
what fails (exit code 1):
  a violation that is none of these; what holds and was expected to be
  violated; an expectation or a waiver that matches nothing.  A waiver
  that expired does not count any more, and is named.

files:
  expectations.toml   [expected.PROPOSAL], below it NAME = "violated",
                      "holds" or "vacuous"; [check] with proposals,
                      devices, set, without: what they are about.
                      What no entry names must hold.
  waivers.toml        [[waivers]] with proposal, property, verdict
                      ("violated", "open", "vacuous"), reason, and, if
                      it shall end, expires = 2027-03-31

formats:
  text json sarif junit ktap github gitlab markdown rst mail b4: one on
  stdout, any in files: --output sarif=FILE --output junit=FILE

examples:
  tdispmodel gate --update
  tdispmodel gate status_quo --output junit=result.xml
  tdispmodel check --output json=before.json
  tdispmodel gate --baseline before.json --format github

"""
"""What `gate --help` says below its options."""

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
