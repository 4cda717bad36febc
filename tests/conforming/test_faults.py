"""Faults planted on purpose in `conform` are noticed by the oracle's answers, or by the check of each behaviour."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import NamedTuple

import pytest

from tdispmodel.analysing.conforming import showing
from tdispmodel.analysing.conforming.search import diagrams
from tdispmodel.analysing.conforming.search.choosing import Choice, listing, trackers
from tdispmodel.analysing.conforming.search.diagrams import Diagrams
from tdispmodel.analysing.conforming.search.merging import Merged
from tdispmodel.analysing.conforming.search.visiting import Moves, Visiting
from tdispmodel.analysing.conforming.showing import Showing
from tdispmodel.analysing.conforming.table import RULES, Event
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.diagrams.moves import in_groups
from tdispmodel.ir.system import SystemAction
from tests.conforming.asking import asked_of
from tests.conforming.oracle import KERNEL, UEVENTS, Graph, Oracle, graph_of, key
from tests.conforming.simulating import corrupted, simulated, text_of, vocabulary
from tests.conforming.test_laws import BINDING, QUIET, together

Plant = Callable[[pytest.MonkeyPatch], None]


class Case(NamedTuple):
    """Complete logs, and how many of their lines the oracle explains (of several logs: all of them, or -1)."""

    texts: tuple[str, ...]
    explained: int


def graph() -> Graph:
    """Return the graph that the cases are about."""
    return graph_of("initrd_autoprobe_off", BINDING, off=QUIET)


@cache
def cases() -> tuple[Case, ...]:
    """Return logs, whole and changed, with the oracle's answers."""
    random = Random(11)  # noqa: S311  # repeatable, no secret
    found = []
    for source in (KERNEL, UEVENTS):
        for _ in range(4):
            lines = simulated(graph(), random, 24, [source])[source]
            for log in (lines, corrupted(lines, random, vocabulary(graph(), source))):
                labels = [label for _, label in log]
                found.append(
                    Case((text_of(log, source),), Oracle(graph(), frozenset(map(key, labels))).explained(labels))
                )
    logs = simulated(graph(), random, 12, [KERNEL, UEVENTS])
    for late in (0, 3_000_000):
        pair = ([(time + late, label) for time, label in logs[KERNEL]], logs[UEVENTS])
        texts = (text_of(pair[0], KERNEL), text_of(pair[1], UEVENTS))
        found.append(Case(texts, sum(map(len, pair)) if together(graph(), list(pair)) else -1))
    return tuple(found)


def noticed(choice: Choice) -> bool:
    """Whether some case is answered otherwise than by the oracle, or a behaviour does not pass its check."""
    for case in cases():
        try:
            answer = asked_of(graph().system, *case.texts, complete=True, choice=choice)
        except OurFault:
            return True
        if len(case.texts) == 1 and answer.explained != case.explained:
            return True
        if len(case.texts) > 1 and answer.accepted is not (case.explained >= 0):
            return True
    return False


def without_rule(event: Event) -> Plant:
    """Leave the rules about an event out of the table."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(showing, "RULES", tuple(rule for rule in RULES if rule.event is not event))

    plant.__name__ = f"without_{event.name.lower()}"
    return plant


def nothing_certain(patch: pytest.MonkeyPatch) -> None:
    """Let every line be missing, also of complete logs."""
    patch.setattr(showing, "RULES", tuple(rule._replace(certain=False) for rule in RULES))


def any_order(patch: pytest.MonkeyPatch) -> None:
    """Let the lines of one step come in any order."""
    patch.setattr(showing, "not_after", lambda other, item: other == item)


def told_again(patch: pytest.MonkeyPatch) -> None:
    """Let a step tell a line as often as one likes."""
    patch.setattr(showing, "not_after", lambda _other, _item: False)


def nothing_hidden(patch: pytest.MonkeyPatch) -> None:
    """Take no hidden steps."""
    moves = Visiting.moves_of
    patch.setattr(Visiting, "moves_of", lambda self, packed: moves(self, packed)._replace(hidden=()))
    patch.setattr(diagrams, "forwards", lambda start, *_: start)


def wrong_way(patch: pytest.MonkeyPatch) -> None:
    """Remember the wrong action for each hidden step."""
    moves, split = Visiting.moves_of, Diagrams._split

    def mangled(self: Visiting, packed: int) -> Moves:
        found = moves(self, packed)
        return found._replace(hidden=tuple((after, max(0, action - 1)) for after, action in found.hidden))

    def mangled_split(self: Diagrams, number: int, action: SystemAction) -> None:
        split(self, number, action)
        self.hidden = [(max(0, number - 1) if move.action is action else number, move) for number, move in self.hidden]

    patch.setattr(Visiting, "moves_of", mangled)
    patch.setattr(Diagrams, "_split", mangled_split)


def no_step_again(patch: pytest.MonkeyPatch) -> None:
    """Let nothing more be told of a step than its first line."""
    gone = Showing.__init__

    def forgetful(self: Showing, *words: object) -> None:
        gone(self, *words)  # type: ignore[arg-type]
        self.gone = [(1 << len(self.items)) - 1 for _ in self.items]

    patch.setattr(Showing, "__init__", forgetful)


def no_clock(patch: pytest.MonkeyPatch) -> None:
    """Believe no times."""
    patch.setattr(Merged, "precedes", lambda _self, _one, _other: False)


def half_of_reach(patch: pytest.MonkeyPatch) -> None:
    """Forget what a component of hidden steps reaches beyond itself, or what the last group of moves adds."""
    close = Visiting.close

    def forgetful(self: Visiting, root: int, open_states: list[int]) -> None:
        close(self, root, open_states)
        self.reached[-1] = 1 << (len(self.reached) - 1)

    patch.setattr(Visiting, "close", forgetful)
    patch.setattr(diagrams, "in_groups", lambda moves: in_groups(moves)[:-1])


def everything_hidden(patch: pytest.MonkeyPatch) -> None:
    """Take steps as hidden that owe a line."""
    split = Diagrams._split

    def careless(self: Diagrams, number: int, action: SystemAction) -> None:
        split(self, number, action)
        self.hidden += [(number, told.move) for told in self.telling if told.action == number]

    patch.setattr(Diagrams, "_split", careless)


def everything_crosses(patch: pytest.MonkeyPatch) -> None:
    """Believe that all states reach the one of which it is kept what it reaches."""
    patch.setattr(diagrams, "backwards", lambda _state, _groups, inside, _watch: ~(inside & ~inside))


OF_ANY: list[Plant] = [
    *map(without_rule, (Event.BOUND, Event.ARRIVED, Event.REGISTERED, Event.UNBOUND, Event.GONE)),
    nothing_certain,
    any_order,
    told_again,
    no_step_again,
    no_clock,
]
OF_EITHER: list[Plant] = [nothing_hidden, wrong_way, half_of_reach]
OF_DIAGRAMS: list[Plant] = [everything_hidden, everything_crosses]
FAULTS: list[tuple[Plant, Choice]] = [
    *((plant, trackers) for plant in (*OF_ANY, *OF_EITHER, *OF_DIAGRAMS)),
    *((plant, listing) for plant in OF_EITHER),
]


CHOICES = pytest.mark.parametrize("choice", [trackers, listing], ids=["diagrams", "lists"])


@CHOICES
def test_without_faults(choice: Choice) -> None:
    """As it is, every case is answered as by the oracle, whoever keeps the sets."""
    assert not noticed(choice)


@pytest.mark.parametrize(("plant", "choice"), FAULTS, ids=lambda word: word.__name__)
def test_fault(plant: Plant, choice: Choice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault is noticed, whoever keeps the sets."""
    plant(monkeypatch)
    assert noticed(choice)
