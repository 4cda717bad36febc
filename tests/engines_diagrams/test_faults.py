"""The engine broken on purpose, inside: the conformance suite or the laws over random systems notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import pytest

from tdispmodel.engines.conformance import cases, faults
from tdispmodel.engines.diagrams import Diagrams, certificates, exploring, fairness
from tdispmodel.engines.diagrams.clauses import Clauses
from tdispmodel.engines.diagrams.encoding import Encoding
from tdispmodel.engines.diagrams.engine import _Session
from tdispmodel.engines.diagrams.exploring import Levels
from tdispmodel.engines.diagrams.fairness import FairBehaviours
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.moves import Move
from tdispmodel.engines.diagrams.space import OfAction, Space
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict
from tests.faults.detectors import Noticed, noticed

Patch = pytest.MonkeyPatch
SAFETY = (Kind.INVARIANT, Kind.STEP)
FINITE = (*SAFETY, Kind.MUST_BE_POSSIBLE)
ENDLESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
FAULTS: dict[str, tuple[tuple[Kind, ...], Callable[[Patch], None]]] = {}


def fault(*kinds: Kind) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Enter a fault, which shows on questions of these kinds; its docstring is its name."""

    def entered(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        FAULTS[(plant.__doc__ or "").rstrip(".")] = (kinds, plant)
        return plant

    return entered


def instead(patch: Patch, owner: Any, name: str, made: Callable[..., Any]) -> None:
    """Put another function, or a property where there was one, in the place of a part of the engine."""
    there = vars(owner)[name]
    if isinstance(there, cached_property):
        replacement = cached_property(made)
        replacement.__set_name__(owner, name)
        patch.setattr(owner, name, replacement)
    else:
        patch.setattr(owner, name, made)


# --- steps ---------------------------------------------------------------------------------------------------------


@fault(*FINITE)
def _(patch: Patch) -> None:
    """Assigned bits are not forgotten."""
    instead(patch, Move, "_forgotten", lambda move: move.encoding.all)


@fault(*FINITE)
def _(patch: Patch) -> None:
    """The frame is forgotten: bits that are not assigned become anything."""
    instead(patch, Move, "_forgotten", lambda move: move.encoding.variables(range(move.encoding.bits)))


@fault(*FINITE)
def _(patch: Patch) -> None:
    """New values are read after old ones are forgotten."""
    instead(patch, Move, "_entangled", lambda _: {})


@fault(Kind.STAYS_POSSIBLE)
def _(patch: Patch) -> None:
    """Backwards the guard is ignored."""
    instead(patch, Move, "before", lambda move, states: states.substitute(move._substitution))


@fault(Kind.STAYS_POSSIBLE)
def _(patch: Patch) -> None:
    """Backwards nothing is assigned."""
    instead(patch, Move, "before", lambda move, states: states & move.enabled)


@fault(*FINITE)
def _(patch: Patch) -> None:
    """Numbers lose their sign."""
    literal = Formulas._literal
    instead(patch, Formulas, "_literal", lambda formulas, value: [*literal(formulas, value)[:-1], formulas.none])


# --- reaching ------------------------------------------------------------------------------------------------------


@fault(*FINITE)
def _(patch: Patch) -> None:
    """One round of all actions is taken for all that is reached."""

    def one_round(start: Any, groups: Any, apply: Any, inside: Any, watch: Any) -> Any:
        del watch
        for group in groups:
            for move in group:
                start |= apply(move, start) & inside
        return start

    patch.setattr(exploring, "closure", one_round)


@fault(*FINITE)
def _(patch: Patch) -> None:
    """Of several start values only the first is known."""
    has_value = Encoding.has_value
    instead(patch, Encoding, "has_value", lambda encoding, name, values: has_value(encoding, name, list(values)[:1]))


@fault(*FINITE)
def _(patch: Patch) -> None:
    """Running out of nodes is taken for having reached everything."""
    closure = exploring.closure

    def careless(start: Any, groups: Any, apply: Any, inside: Any, watch: Any) -> Any:
        found = start
        left = iter(range(6))

        def failing(move: Any, states: Any) -> Any:
            nonlocal found
            found = states
            if next(left, None) is None:
                raise MemoryError
            return apply(move, states)

        try:
            return closure(start, groups, failing, inside, watch)
        except MemoryError:
            return found

    patch.setattr(exploring, "closure", careless)


@fault(Kind.MUST_BE_POSSIBLE)
def _(patch: Patch) -> None:
    """The host helps with what must be possible."""
    instead(patch, Space, "unaided", lambda made: made.everybody)


@fault(Kind.STAYS_POSSIBLE)
def _(patch: Patch) -> None:
    """Adversaries are relied on."""
    instead(patch, Space, "_reliable", lambda made: made.everybody.groups)


@fault(Kind.STEP, Kind.MUST_BE_POSSIBLE)
def _(patch: Patch) -> None:
    """Which action was taken is forgotten."""
    said_of = OfAction.said_of
    instead(patch, OfAction, "said_of", lambda formula, _: said_of(formula, ""))


@fault(*FINITE)
def _(patch: Patch) -> None:
    """A level holds states that are two steps away."""
    further = Levels.further

    def twice(levels: Levels, most_work: int | None = None) -> bool:
        found = further(levels, most_work)
        if found and further(levels, most_work):
            last = levels.levels.pop()
            levels.levels[-1] |= last
        return found

    instead(patch, Levels, "further", twice)


@fault(Kind.STEP, Kind.INVARIANT)
def _(patch: Patch) -> None:
    """Premises about steps are looked for in states."""
    instead(
        patch,
        _Session,
        "_vacuous",
        lambda made, question: (
            (premise := question.antecedent) is not None
            and not (made.space.reached & made.space.start & made.space._on_steps(premise)[0]).satisfiable()
        ),
    )


# --- for ever ------------------------------------------------------------------------------------------------------


def changed_fairness(patch: Patch, change: Callable[[FairBehaviours], None]) -> None:
    """Change the questions about fair behaviours once they are set up."""
    init = FairBehaviours.__init__

    def made(self: FairBehaviours, asked: Space) -> None:
        init(self, asked)
        change(self)

    patch.setattr(FairBehaviours, "__init__", made)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """Fairness is owed to the wrong actions."""

    def wrong(made: FairBehaviours) -> None:
        made.weak, made.strong = [move for move in made.space.moves if not move.action.fair], []

    changed_fairness(patch, wrong)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """The last fair action may be neglected."""

    def forgetful(made: FairBehaviours) -> None:
        del made.weak[-1:]

    changed_fairness(patch, forgetful)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """Strong fairness is taken for weak."""

    def weaker(made: FairBehaviours) -> None:
        made.weak, made.strong = [*made.weak, *made.strong], []

    changed_fairness(patch, weaker)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """Weak fairness is taken for strong."""

    def stronger(made: FairBehaviours) -> None:
        made.weak, made.strong = [], [*made.weak, *made.strong]

    changed_fairness(patch, stronger)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """The last strongly fair action may be neglected."""

    def forgetful(made: FairBehaviours) -> None:
        del made.strong[-1:]

    changed_fairness(patch, forgetful)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """A loop takes what is weakly fair only."""
    duties = FairBehaviours._duties

    def light(made: FairBehaviours, component: Any, recurring: Any) -> Any:
        light_duties = duties(made, component, recurring)
        return light_duties[: len(made.weak)] + (light_duties[-1:] if recurring is not None else [])

    instead(patch, FairBehaviours, "_duties", light)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """It is enough that a strongly fair action is enabled, taken or not."""
    staying = FairBehaviours.staying

    def lenient(made: FairBehaviours, region: Any, recurring: Any = None) -> Any:
        strong, made.strong = made.strong, []
        found = staying(made, region, recurring)
        made.strong = strong
        return found

    patch.setattr(FairBehaviours, "staying", lenient)
    patch.setattr(FairBehaviours, "_is_fair", lambda *_: True)
    patch.setattr(FairBehaviours, "_round", lambda *_: [])


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """The host moves in loops."""

    def disturbed(made: FairBehaviours) -> None:
        for move in made.space.moves:
            move.calm = True
        made.calm = list(made.space.moves)

    changed_fairness(patch, disturbed)


@fault(Kind.LEADS_TO)
def _(patch: Patch) -> None:
    """Nothing stays where it is for ever."""
    staying = FairBehaviours.staying

    def restless(made: FairBehaviours, region: Any, recurring: Any = None) -> Any:
        return staying(made, region & ~made.idle, recurring)

    patch.setattr(FairBehaviours, "staying", restless)


@fault(Kind.LEADS_TO)
def _(patch: Patch) -> None:
    """A behaviour stays where a fair action is enabled."""
    instead(patch, FairBehaviours, "idle", lambda made: made.encoding.all)


@fault(*ENDLESS)
def _(patch: Patch) -> None:
    """One round of the fixpoint is taken for all."""

    def once(made: FairBehaviours, region: Any, recurring: Any = None) -> Any:
        for move in made.weak:
            taken = made._taken([(move, move.enabled)], region)
            region = made._keeps_reaching(region, ~move.enabled | taken)
        return region if recurring is None else made._keeps_reaching(region, made._taken(recurring, region))

    patch.setattr(FairBehaviours, "staying", once)
    patch.setattr(FairBehaviours, "_is_fair", lambda *_: True)


@fault(Kind.LEADS_TO)
def _(patch: Patch) -> None:
    """The host does not move before the loop either."""

    def calm_only(start: Any, groups: Any, inside: Any, watch: Any) -> Any:
        calm = [[move for move in group if move.calm] for group in groups]
        return exploring.closure(start, calm, Move.after, inside, watch)

    patch.setattr(fairness, "forwards", calm_only)


# --- certificates --------------------------------------------------------------------------------------------------


@fault(*SAFETY)
def _(patch: Patch) -> None:
    """Clauses are widened into what is reached."""
    patch.setattr(certificates, "SMALL", 0)
    instead(patch, Clauses, "_dropped", lambda made, name, codes, _: codes if name != made.encoding.order[0] else None)


@fault(*SAFETY)
def _(patch: Patch) -> None:
    """What leads to an excluded state is not excluded."""
    patch.setattr(certificates, "SMALL", 0)
    init = Clauses.__init__
    instead(
        patch, Clauses, "__init__", lambda made, encoding, _, reached, watch: init(made, encoding, (), reached, watch)
    )


@fault(*SAFETY)
def _(patch: Patch) -> None:
    """The invariant excludes nothing."""
    patch.setattr(certificates, "SMALL", 0)
    excluding = Clauses.excluding
    instead(patch, Clauses, "excluding", lambda made, _: excluding(made, made.encoding.none))


@fault(*SAFETY)
def _(patch: Patch) -> None:
    """A state is missing in the list."""
    listed = Encoding.listed
    instead(patch, Encoding, "listed", lambda encoding, states: listed(encoding, states)[1:])


class Watched(Diagrams):
    """The engine, of which it is a complaint, too, that it breaks down."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield what the engine says."""
        try:
            yield from super().answer(system, questions, limits, progress)
        except (AssertionError, ValueError) as broken:
            message = f"breaks down: {broken}"
            raise Noticed(message) from broken


def in_suite(kinds: tuple[Kind, ...]) -> bool:
    """Whether the conformance suite complains about a question of one of these kinds."""
    try:
        return any(case.question.kind in kinds and faults(Watched(), case) for case in cases())
    except Noticed:
        return True


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The conformance suite, or else the law over random systems, complains about an engine that is broken so."""
    kinds, plant = FAULTS[name]
    plant(monkeypatch)
    assert in_suite(kinds) or noticed(Watched(), kinds)
