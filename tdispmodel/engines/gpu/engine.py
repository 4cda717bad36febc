"""The engine `gpu`: invariants, steps and what must be possible, with a card that visits the states.

Verdicts and certificates are those of the search over numbered parts (`engines.wide`), so the judge goes through all
states again without the card; what a card gets wrong is refused there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.gpu.card import Card
from tdispmodel.engines.gpu.device import CardFails, Device
from tdispmodel.engines.gpu.search import CardSearch
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide.answers import KINDS, TOO_DEEP, Answers, Looking, checkable
from tdispmodel.engines.wide.symmetry import Symmetry
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Verdict


class CardAnswers(Answers):
    """The verdicts of searches with a card; each state is visited."""

    def __init__(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress, device: Device
    ) -> None:
        super().__init__(Gpu.name, system, questions, limits, progress)
        self.symmetry = False
        self.device = device

    def _search(self, system: System, watched: Sequence[Watch]) -> tuple[Looking, Symmetry]:
        return CardSearch(system, watched, self.limits, self.progress, self.device), Symmetry(None, watched)


class Gpu:
    """Breadth-first search on a card."""

    name = "gpu"
    kinds = KINDS
    exhaustive = False

    def __init__(self, device: Callable[[], Device] = Card) -> None:
        """``device`` makes what stands for the card."""
        self.device = device

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question.  Raises `OutOfRange` with a shortest trace."""
        able = [question for question in questions if question.kind in KINDS]
        for question in questions:
            if question.kind not in KINDS:
                reason = f"{self.name} decides invariants, steps and what must be possible only"
                yield Verdict(question, Answer.OPEN, self.name, reason=reason)
        if able:
            reason, device = self._refusal(system, able, limits)
            if device is None:
                for question in able:
                    yield Verdict(question, Answer.OPEN, self.name, reason=reason)
            else:
                yield from CardAnswers(system, able, limits, progress, device).verdicts()

    def _refusal(self, system: System, able: Sequence[SystemProperty], limits: Limits) -> tuple[str, Device | None]:
        """Return why there is no search, or what to search with."""
        if limits.checkpoint is not None:
            return f"{self.name} does not write down how far it is", None
        try:
            if not checkable(system, able):
                return "numbers are too large to be checked again", None
            return "", self.device()
        except RecursionError:
            return TOO_DEEP, None
        except CardFails as fails:
            return str(fails), None
