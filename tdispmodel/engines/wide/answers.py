"""Verdicts read off a search over numbered parts: invariants, steps, what must be possible.

What goes on for ever, and what stays possible, needs every transition and is not decided here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from tdispmodel.compiling.arrays import Packing
from tdispmodel.compiling.parts import Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import LimitReached, Limits, Progress
from tdispmodel.engines.wide.checkpoint import Checkpoint
from tdispmodel.engines.wide.search import Left, Search
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.engines.wide.ways import out_of_range, traces
from tdispmodel.ir.expressions import Actor, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Bounded, size
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, LocalStates, NumberedStates, Trace, Verdict, Witness

KINDS = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})

MOST_PLACES = 1 << 31
"""Whoever checks it again has a byte for every combination of local states; beyond so many nothing is claimed."""
MOST_OF_PART = 1 << 62
"""Nor where so many combinations of values of one part are thinkable,"""
MOST_NUMBER = 1 << 60
"""or numbers become so large."""
TOO_DEEP = "a formula nests too deeply"
NO_MEMORY = "the machine has no memory left"


@dataclass(frozen=True)
class _Looked:
    """What came out of one search: shortest ways to what was met, all states or why there is no certificate of them."""

    ways: dict[Watch, Trace]
    states: NumberedStates | None
    why: str


class Answers:
    """The verdicts on some questions of these kinds about one system.

    ``states`` is how many of them were visited.
    """

    def __init__(
        self, name: str, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> None:
        self.name = name
        self.system = system
        self.questions = questions
        self.limits = limits
        self.progress = progress
        self.states = 0

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question.  Raises `OutOfRange` with a shortest trace, and `Unusable`."""
        began = time.monotonic()
        premises = [premise(question) for question in self.questions]
        wanted = dict.fromkeys([*map(goal, self.questions), *(each for each in premises if each is not None)])
        try:
            search = Search(self.system, list(wanted), self.limits, self.progress)
            kept = self._kept(self.system, list(wanted), "all")
        except RecursionError:
            for question in self.questions:
                yield Verdict(question, Answer.OPEN, self.name, reason=TOO_DEEP)
            return
        looked = self._looked(search, list(wanted), {goal(question) for question in self.questions}, kept)
        self.states = search.states
        unaided = self._unaided(looked) if search.finished else None
        met = {list(wanted)[number] for number in search.met}
        share = (time.monotonic() - began) / len(self.questions)
        for question, before in zip(self.questions, premises, strict=True):
            vacuous: bool | None = before is not None and before not in met
            if vacuous and not search.finished:
                vacuous = None
            base = Verdict(question, Answer.OPEN, self.name, space=search.space, seconds=share)
            decided = self._decided(base, looked, unaided, met)
            if decided.answer is Answer.HOLDS:
                decided = replace(decided, vacuous=vacuous)
            yield decided if decided.answer is not Answer.OPEN else replace(decided, bound=search.bound)

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

    def _kept(self, system: System, watched: Sequence[Watch], name: str) -> Checkpoint | None:
        folder = self.limits.checkpoint
        return None if folder is None else Checkpoint(folder / name, system, watched)

    def _looked(self, search: Search, watched: Sequence[Watch], goals: set[Watch], kept: Checkpoint | None) -> _Looked:
        """Run a search and write down what it came to.  Raises `OutOfRange` and `Unusable`."""
        why = ""
        try:
            search.run(kept)
        except Left as left:
            try:
                found = out_of_range(search, left)
            except (LimitReached, OSError, MemoryError) as limit:
                return _Looked({}, None, f"an integer leaves its range; {said(limit)}")
            raise found from None
        except (LimitReached, TooWide) as reason:
            why = str(reason)
        except MemoryError:
            return _Looked({}, None, NO_MEMORY)
        except RecursionError:
            return _Looked({}, None, TOO_DEEP)
        met = [number for number in sorted(search.met) if watched[number] in goals]
        ways: dict[Watch, Trace] = {}
        try:
            found_ways = traces(search, [search.met[number] for number in met])
            ways = {watched[number]: way for number, way in zip(met, found_ways, strict=True)}
            return _Looked(ways, None if why else certified(search), why)
        except (LimitReached, OSError, MemoryError) as limit:
            return _Looked(ways, None, why or said(limit))

    def _takes_host(self, way: Trace) -> bool:
        actors = {action.name: action.actor for action in self.system.actions}
        return any(actors[name] is Actor.HOST for name, _ in way.steps)

    def _unaided(self, looked: _Looked) -> _Looked | None:
        """Search without the host, if some goal was met with its help; None where all behaviours do without it."""
        possible = [goal(one) for one in self.questions if one.kind is Kind.MUST_BE_POSSIBLE]
        wanted = list(
            dict.fromkeys(each for each in possible if each in looked.ways and self._takes_host(looked.ways[each]))
        )
        if not wanted:
            return None
        search = Search(self.system.unaided, wanted, self.limits, self.progress)
        return self._looked(search, wanted, set(wanted), self._kept(self.system.unaided, wanted, "without_host"))


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


def certified(search: Search) -> NumberedStates:
    """Return the certificate of a finished search.  Raises `LimitReached` when nobody could check it."""
    parts = search.parts
    places = prod(len(local) for local in parts.local)
    memory = search.limits.memory
    if places > (MOST_PLACES if memory is None else min(MOST_PLACES, memory)):
        message = f"{search.states} states were visited, and {places} combinations are too many to be checked again"
        raise LimitReached(message)
    return NumberedStates(
        tuple(LocalStates(names, tuple(sorted(parts.values(part)))) for part, names in enumerate(parts.variables)),
        search.states,
    )
