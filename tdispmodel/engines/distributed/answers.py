"""Verdicts read off a search in partitions: of the kinds, and with the evidence, of the search over numbered parts."""

from __future__ import annotations

from collections.abc import Sequence

from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.distributed.members import Members
from tdispmodel.engines.distributed.search import Partitioned
from tdispmodel.engines.wide.answers import Answers
from tdispmodel.engines.wide.symmetry import Symmetry
from tdispmodel.ir.system import System


class Spread(Answers):
    """The verdicts on some questions, by the members that were set."""

    members: Members
    search: type[Partitioned] = Partitioned

    def _search(self, system: System, watched: Sequence[Watch]) -> tuple[Partitioned, Symmetry]:
        return self.search(system, watched, self.limits, self.progress, self.members), Symmetry(None, watched)

    def _finder(self, system: System) -> None:
        del system  # each state is visited
