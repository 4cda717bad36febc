"""What the judge says about one verdict, and how a check inside the judge fails."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Allowance:
    """What the judge may spend on going through very many states: seconds from now on, and bytes."""

    seconds: float | None = None
    memory: int | None = None
    started: float = field(default_factory=time.monotonic)

    def look(self, used: int) -> None:
        """Raise `Undecided` when the time is over, or when so many bytes are too many."""
        if self.seconds is not None and time.monotonic() - self.started > self.seconds:
            message = f"the judge did not get through all states in {self.seconds:g} s"
            raise Undecided(message)
        if self.memory is not None and used > self.memory:
            message = f"the judge does not get through all states in {self.memory / 1e6:g} MB"
            raise Undecided(message)
