"""What the judge says about one verdict, and how a check inside the judge fails."""

from __future__ import annotations

from dataclasses import dataclass

from tdispmodel.verdict import Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict, whether its evidence was found to be right, and if not, one sentence that says why.

    ``undecided``: nothing is wrong with the evidence as far as it could be checked, but not all of it could.
    """

    verdict: Verdict
    accepted: bool
    reason: str = ""
    undecided: bool = False


class Refused(Exception):
    """The evidence of a verdict does not show what it should; the message is the sentence for the user."""


class Undecided(Refused):
    """Whether the evidence of a verdict shows what it should could not be found out."""
