"""Verdicts read off a search over numbered parts: invariants, steps, what must be possible.

Where instances are interchangeable, and the questions together do not tell them apart, it is a search over orbits; a
question that does is asked apart from the others.  What goes on for ever, and what stays possible, needs every
transition and is not decided here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb, prod
from typing import Protocol

from tdispmodel.compiling.arrays import Packing
from tdispmodel.compiling.parts import WHOLE, Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import NO_MEMORY, LimitReached, Limits, Progress
from tdispmodel.engines.wide.checkpoint import Checkpoint
from tdispmodel.engines.wide.search import Kept, Left, Met, Search
from tdispmodel.engines.wide.symmetry import Classes, Finder, Permutation, Symmetry, swaps
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.engines.wide.ways import out_of_range, traces
from tdispmodel.ir.expressions import Actor, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Bounded, size
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import (
    Answer,
    Interchanged,
    LocalStates,
    NumberedOrbits,
    NumberedStates,
    OutOfRange,
    Space,
    Trace,
    Verdict,
    Witness,
)

KINDS = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})

MOST_PLACES = 1 << 31
"""Whoever checks it again has a byte for every combination of local states; beyond so many nothing is claimed."""
MOST_OF_PART = 1 << 62
"""Nor where so many combinations of values of one part are thinkable,"""
MOST_NUMBER = 1 << 60
"""or numbers become so large."""
TOO_DEEP = "a formula nests too deeply"


@dataclass(frozen=True)
class _Looked:
    """What came out of one search: shortest ways to what was met, all states or why there is no certificate of them."""

    ways: dict[Watch, Trace]
    states: NumberedStates | NumberedOrbits | None
    why: str


class Looking(Protocol):
    """A search of which verdicts can be read off."""

    met: dict[int, Met]
    finished: bool

    @property
    def stood_for(self) -> int:
        """How many states were found."""

    def run(self, kept: Kept | None = None) -> None:
        """Search until nothing new is found.  Raises `LimitReached`, `TooWide` and `Left`."""

    @property
    def space(self) -> Space | None:
        """The counts, once nothing new is found."""

    @property
    def bound(self) -> int | None:
        """The depth down to which every state was examined; None when not even the start states were."""

    @property
    def interchanged(self) -> Interchanged | None:
        """Which instances were interchanged, if any were, once nothing new is found."""

    def ways(self, met: Sequence[Met], last: Sequence[Permutation]) -> list[Trace]:
        """Return a shortest behaviour to each of what was met.  Raises `LimitReached`."""

    def leaving(self, left: Left) -> OutOfRange:
        """Return what a step that leaves a range means.  Raises `LimitReached`."""

    def certificate(self) -> NumberedStates | NumberedOrbits:
        """Return what all states are.  Raises `LimitReached` when nobody could check it."""


class Looked(Search):
    """A search in this process, with what is read off it."""

    @property
    def interchanged(self) -> Interchanged | None:
        return Interchanged(names_of(self), self.states) if self.orbits.classes and self.finished else None

    def ways(self, met: Sequence[Met], last: Sequence[Permutation]) -> list[Trace]:
        return traces(self, met, last)

    def leaving(self, left: Left) -> OutOfRange:
        return out_of_range(self, left)

    def certificate(self) -> NumberedStates | NumberedOrbits:
        return certified(self)


class Answers:
    """The verdicts on some questions of these kinds about one system.

    ``states`` is how many of them were found.  Without ``symmetry`` each is visited, without ``kernels`` nothing is
    compiled.
    """

    def __init__(
        self, name: str, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> None:
        self.name = name
        self.system = system
        self.questions = questions
        self.limits = limits
        self.progress = progress
        self.symmetry = self.kernels = True
        self.states = 0

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question.  Raises `OutOfRange` with a shortest trace, and `Unusable`."""
        for name, questions in zip(("all", "others"), self._together(), strict=False):
            yield from self._verdicts(questions, name)

    def _together(self) -> list[list[SystemProperty]]:
        """Return the questions that are asked together: those that let interchangeable instances be so, and others."""
        finder = self._finder(self.system)
        everything = [watch for one in self.questions for watch in watches(one)]
        try:
            swapped = list(swaps(finder.classes(()))) if finder is not None else []
            calm = [
                one
                for one in self.questions
                if finder is not None and all(finder.keeps(each, watches(one), everything) for each in swapped)
            ]
        except RecursionError:
            return [list(self.questions)]
        return [each for each in (calm, [one for one in self.questions if one not in calm]) if each]

    def _verdicts(self, questions: Sequence[SystemProperty], name: str) -> Iterator[Verdict]:
        began = time.monotonic()
        wanted = list(dict.fromkeys(watch for one in questions for watch in watches(one)))
        try:
            search, symmetry = self._search(self.system, wanted)
            kept = self._kept(search, wanted, name)
        except RecursionError:
            for question in questions:
                yield Verdict(question, Answer.OPEN, self.name, reason=TOO_DEEP)
            return
        looked = self._looked(search, symmetry, wanted, {goal(question) for question in questions}, kept)
        self.states = max(self.states, search.stood_for)
        unaided = self._unaided(looked, questions, name) if search.finished else None
        met = {watch for watch in wanted if symmetry.first_met(watch, wanted, search.met) is not None}
        share = (time.monotonic() - began) / len(questions)
        for question in questions:
            before = premise(question)
            vacuous: bool | None = before is not None and before not in met
            if vacuous and not search.finished:
                vacuous = None
            base = Verdict(
                question, Answer.OPEN, self.name, space=search.space, symmetry=search.interchanged, seconds=share
            )
            decided = self._decided(base, looked, unaided, met)
            if decided.answer is Answer.HOLDS:
                decided = replace(decided, vacuous=vacuous)
            if decided.answer is Answer.OPEN and goal(question) not in met:  # else it is there, but not the way to it
                decided = replace(decided, bound=search.bound)
            yield decided

    def _finder(self, system: System) -> Finder | None:
        """Return what finds interchangeable instances; None where nobody wants it, or formulas nest too deeply."""
        try:
            return Finder(system, Parts(Packing(system))) if self.symmetry else None
        except RecursionError:
            return None

    def _search(self, system: System, watched: Sequence[Watch]) -> tuple[Looking, Symmetry]:
        """Return a search, not begun, and what may be interchanged in it.  Raises `RecursionError`."""
        symmetry = Symmetry(self._finder(system), watched)
        search = Looked(system, watched, self.limits, self.progress, symmetry.classes)
        search.fast = self.kernels
        return search, symmetry

    def _decided(self, base: Verdict, looked: _Looked, unaided: _Looked | None, met: set[Watch]) -> Verdict:
        wanted = goal(base.property)
        way = looked.ways.get(wanted)
        if base.property.kind is Kind.MUST_BE_POSSIBLE:
            if way is not None and self._takes_host(way):
                if unaided is None:
                    return replace(base, reason=f"{looked.why}; so far the goal was met only with the host's help")
                looked, way = unaided, unaided.ways.get(wanted)
            elif way is None and wanted in met:
                return replace(base, reason=looked.why)
            if way is not None:
                return replace(base, answer=Answer.HOLDS, certificate=Witness(way), shortest=True)
            if looked.states is not None:
                return replace(base, answer=Answer.VIOLATED, certificate=looked.states)
        elif way is not None:
            return replace(base, answer=Answer.VIOLATED, trace=way, shortest=True)
        elif looked.states is not None and wanted not in met:
            return replace(base, answer=Answer.HOLDS, certificate=looked.states)
        return replace(base, reason=looked.why)

    def _kept(self, search: Looking, watched: Sequence[Watch], name: str) -> Checkpoint | None:
        folder = self.limits.checkpoint
        if folder is None or not isinstance(search, Search):
            return None
        return Checkpoint(folder / name, search.system, watched, names_of(search))

    def _looked(
        self,
        search: Looking,
        symmetry: Symmetry,
        watched: Sequence[Watch],
        goals: set[Watch],
        kept: Checkpoint | None,
    ) -> _Looked:
        """Run a search and write down what it came to.  Raises `OutOfRange` and `Unusable`."""
        why = ""
        try:
            search.run(kept)
        except Left as left:
            try:
                found = search.leaving(left)
            except (LimitReached, OSError, MemoryError) as limit:
                return _Looked({}, None, f"an integer leaves its range; {said(limit)}")
            raise found from None
        except (LimitReached, TooWide) as reason:
            why = str(reason)
        except MemoryError:
            return _Looked({}, None, NO_MEMORY)
        except RecursionError:
            return _Looked({}, None, TOO_DEEP)
        first = {watch: symmetry.first_met(watch, watched, search.met) for watch in watched if watch in goals}
        met = {watch: found for watch, found in first.items() if found is not None}
        ways: dict[Watch, Trace] = {}
        try:
            found_ways = search.ways([search.met[number] for number, _ in met.values()], [to for _, to in met.values()])
            ways = dict(zip(met, found_ways, strict=True))
            return _Looked(ways, search.certificate() if search.finished and not why else None, why)
        except (LimitReached, OSError, MemoryError) as limit:
            return _Looked(ways, None, why or said(limit))

    def _takes_host(self, way: Trace) -> bool:
        actors = {action.name: action.actor for action in self.system.actions}
        return any(actors[name] is Actor.HOST for name, _ in way.steps)

    def _unaided(self, looked: _Looked, questions: Sequence[SystemProperty], name: str) -> _Looked | None:
        """Search without the host, if some goal was met with its help; None where all behaviours do without it."""
        possible = [goal(one) for one in questions if one.kind is Kind.MUST_BE_POSSIBLE]
        wanted = list(
            dict.fromkeys(each for each in possible if each in looked.ways and self._takes_host(looked.ways[each]))
        )
        if not wanted:
            return None
        search, symmetry = self._search(self.system.unaided, wanted)
        kept = self._kept(search, wanted, f"{name}_without_host")
        return self._looked(search, symmetry, wanted, set(wanted), kept)


def names_of(search: Search) -> tuple[tuple[str, ...], ...]:
    """Return the names of the instances that are interchanged."""
    return tuple(tuple(search.parts.names[part] for part in each) for each in search.orbits.classes)


def checkable(system: System, questions: Sequence[SystemProperty]) -> bool:
    """Whether numbers are small enough for whoever checks the answers with numbers of 64 bits."""
    parts = Parts(Packing(system))
    sizes = (prod(size(system.sorts[name]) for name in names) for names in parts.variables)
    asked = (formula for one in questions for formula in (one.formula, one.antecedent) if formula is not None)
    effects = (each.value for action in system.actions for each in action.assignments)
    spoken = (*asked, *effects, *(action.guard for action in system.actions))
    sorts = (*system.sorts.values(), *(node.sort for formula in spoken for node in formula.walk()))
    numbers = (sort for sort in sorts if isinstance(sort, Bounded))
    return all(each <= MOST_OF_PART for each in sizes) and all(
        max(abs(sort.low), abs(sort.high)) <= MOST_NUMBER for sort in numbers
    )


def watches(question: SystemProperty) -> list[Watch]:
    """Return what is looked for because of a question."""
    before = premise(question)
    return [goal(question), *([] if before is None else [before])]


def said(limit: LimitReached | OSError | MemoryError) -> str:
    """Return why nothing more could be done."""
    match limit:
        case MemoryError():
            return NO_MEMORY
        case OSError():
            return f"the disk fails ({limit.strerror or limit})"
        case _:
            return str(limit)


def goal(question: SystemProperty) -> Watch:
    """Return what is looked for: the violation, or what must be possible."""
    formula = question.formula
    if question.kind is Kind.MUST_BE_POSSIBLE:
        return Watch(formula, speaks_of_step(formula))
    return Watch(negation(formula), question.kind is Kind.STEP)


def premise(question: SystemProperty) -> Watch | None:
    """Return what must be met lest the question be vacuous."""
    formula = question.antecedent
    return None if formula is None else Watch(formula, speaks_of_step(formula))


def certified(search: Search) -> NumberedStates | NumberedOrbits:
    """Return the certificate of a finished search.  Raises `LimitReached` when nobody could check it."""
    parts = search.parts
    local = [len(each) for each in parts.local]
    checkable_again(local, search.orbits.kinds, search.limits.memory, f"{search.states} {search.visiting}")
    listed = tuple(LocalStates(names, tuple(sorted(parts.values(part)))) for part, names in enumerate(parts.variables))
    if search.orbits.classes:
        return NumberedOrbits(listed, names_of(search), search.states)
    return NumberedStates(listed, search.states)


def checkable_again(local: Sequence[int], kinds: Classes, memory: int | None, found: str) -> None:
    """Raise `LimitReached` when so many local states make more combinations than anybody could go through again.

    ``kinds`` are the instances, those that are interchangeable together; ``found`` says what was visited.
    """
    places = local[WHOLE] * prod(comb(local[each[0]] + len(each) - 1, len(each)) for each in kinds)
    if places > (MOST_PLACES if memory is None else min(MOST_PLACES, memory)) or prod(local) > MOST_OF_PART:
        message = f"{found} were visited, and {places} combinations are too many to be checked again"
        raise LimitReached(message)
