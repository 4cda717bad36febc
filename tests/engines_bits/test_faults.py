"""The engines over bits broken on purpose, inside: systems of the suite, of the laws, or of devices notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.bits import bounded, ic3, invariants, orbits, questions
from tdispmodel.engines.bits.bounded import BoundedBits
from tdispmodel.engines.bits.frames import Frames, Starts
from tdispmodel.engines.bits.ic3 import Ic3
from tdispmodel.engines.bits.numbering import Clauses
from tdispmodel.engines.bits.orbits import Symmetry
from tdispmodel.engines.bits.search import Search
from tdispmodel.engines.bits.steps import Backwards, Reasons
from tdispmodel.engines.bits.unrolling import Paths
from tdispmodel.engines.conformance import cases, faults
from tdispmodel.engines.conformance.writing import Counter, ask, move, system as make
from tdispmodel.engines.protocol import Engine, Limits, Progress, silent
from tdispmodel.engines.watching import proving
from tdispmodel.engines.watching.loops import Seen
from tdispmodel.engines.watching.watcher import Notes, Watched
from tdispmodel.ir.expressions import BOOLEAN, FALSE, TRUE, Fairness, Read, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Verdict, Watcher
from tests.engines_bits.peers import asymmetric, exclusive, mutex
from tests.engines_bits.test_roundabout import roundabout
from tests.faults.corners import CORNERS
from tests.faults.detectors import Noticed, complaint_among, noticed

Patch = pytest.MonkeyPatch
SAFETY = (Kind.INVARIANT, Kind.STEP)
FINITE = (*SAFETY, Kind.MUST_BE_POSSIBLE)
ENDLESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
FAULTS: dict[str, tuple[str, tuple[Kind, ...], Callable[[Patch], None]]] = {}
SECONDS = 3.0
DEPTH = 3
"""Of bounded search: so near that many a random system goes on beyond it."""


def fault(engine: str, *kinds: Kind) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Enter a fault of an engine, which shows on questions of these kinds; its docstring is its name."""

    def entered(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        FAULTS[f"{engine}: {(plant.__doc__ or '').rstrip('.')}"] = (engine, kinds, plant)
        return plant

    return entered


# --- one step, one value -------------------------------------------------------------------------------------------


def at_least_one(clauses: Clauses, literals: Sequence[int]) -> None:
    """Demand a value without excluding a second one."""
    clauses.add(list(literals))


@fault("sat", *FINITE)
def _(patch: Patch) -> None:
    """A variable may have two values at once, and two moves may be taken."""
    patch.setattr(Clauses, "exactly_one", at_least_one)


@fault("ic3", *FINITE)
def _(patch: Patch) -> None:
    """A variable may have two values at once."""
    patch.setattr(Clauses, "exactly_one", at_least_one)


@fault("sat", *FINITE)
def _(patch: Patch) -> None:
    """What a step assigns is demanded of the state before it."""
    patch.setattr(Paths, "_later", lambda paths, variable, value: paths.numbering.literal(variable, value))


def moves_changed(patch: Patch, change: Callable[[Lowered, Any], Any]) -> None:
    """Have paths made of changed moves."""
    original = Paths.__init__

    def changed(paths: Paths, lowered: Lowered, moves: Sequence[Any], budget: Any) -> None:
        original(paths, lowered, [change(lowered, move) for move in moves], budget)

    patch.setattr(Paths, "__init__", changed)


@fault("sat", *FINITE)
def _(patch: Patch) -> None:
    """Guards are ignored."""
    moves_changed(patch, lambda lowered, move: replace(move, guard=lowered.conditions.true))


@fault("sat", *FINITE)
def _(patch: Patch) -> None:
    """The last variable that a step assigns is forgotten."""
    moves_changed(patch, lambda _, move: replace(move, effects=dict(list(move.effects.items())[:-1])))


@fault("ic3", *FINITE)
def _(patch: Patch) -> None:
    """What a step does not assign need not have been so before."""
    original = Backwards.assumptions
    patch.setattr(Backwards, "assumptions", lambda move, bits, of: original(move, bits & move.touched, of))


@fault("ic3", *FINITE)
def _(patch: Patch) -> None:
    """What a step may assign is taken for what it does assign."""
    original = Backwards.assumptions
    patch.setattr(Backwards, "assumptions", lambda move, bits, of: original(move, bits & ~move.touched, of))


@fault("ic3", *FINITE)
def _(patch: Patch) -> None:
    """One reason too few is kept of why a condition is true."""
    original = Reasons.why

    def fewer(reasons: Reasons, condition: Any, state: int) -> int | None:
        found = original(reasons, condition, state)
        return None if found is None else found & (found - 1)

    patch.setattr(Reasons, "why", fewer)


# --- what is asked -------------------------------------------------------------------------------------------------


@fault("sat", Kind.MUST_BE_POSSIBLE)
def _(patch: Patch) -> None:
    """The host helps with what must be possible."""
    patch.setattr(bounded, "moves_for", lambda lowered, _: lowered.moves)


@fault("ic3", Kind.MUST_BE_POSSIBLE)
def _(patch: Patch) -> None:
    """The host helps with what must be possible, too."""
    patch.setattr(ic3, "moves_for", lambda lowered, _: lowered.moves)


@fault("sat", Kind.STEP)
def _(patch: Patch) -> None:
    """A step is found where it is disabled."""
    original = questions.target

    def unguarded(lowered: Lowered, moves: Sequence[Any], question: SystemProperty) -> Any:
        free = [replace(move, guard=lowered.conditions.true) for move in moves]
        return original(lowered, free, question)

    patch.setattr(bounded, "target", unguarded)


@fault("sat", *FINITE)
def _(patch: Patch) -> None:
    """The bound is one step too far."""
    original = BoundedBits.answer

    def farther(engine: BoundedBits, *given: Any) -> Iterator[Verdict]:
        for verdict in original(engine, *given):
            yield verdict if verdict.bound is None else replace(verdict, bound=verdict.bound + 1)

    patch.setattr(BoundedBits, "answer", farther)


@fault("sat", *SAFETY)
def _(patch: Patch) -> None:
    """The states that are the last ones are not asked about."""
    original = bounded.Search._here

    def sooner(search: bounded.Search, asked: Sequence[Any]) -> Iterator[Verdict]:
        return original(search, asked if search._paths.length < DEPTH else [])

    patch.setattr(bounded.Search, "_here", sooner)


@fault("ic3", *FINITE)
def _(patch: Patch) -> None:
    """Every behaviour is called a shortest one."""
    original = ic3.decided
    patch.setattr(ic3, "decided", lambda *given, shortest: original(*given, shortest=shortest or True))


# --- frames --------------------------------------------------------------------------------------------------------


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """No start state is looked for when a lemma is made stronger."""

    def regardless(search: Search, needed: int, bits: int, level: int) -> int:
        kept = needed or bits
        for part in search._parts(kept):
            if kept != part and kept & part:
                found = search.frames.into(kept & ~part, level)
                kept = found or kept if isinstance(found, int) else kept
        return kept

    patch.setattr(Search, "_generalised", regardless)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """One bit too many is dropped from a lemma."""
    original = Search._generalised

    def too_strong(search: Search, *given: int) -> int:
        kept = original(search, *given)
        return kept & (kept - 1) or kept

    patch.setattr(Search, "_generalised", too_strong)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """Bits are dropped as long as no start state is in the cube, whatever leads into it."""

    def from_the_start(search: Search, needed: int, bits: int, _: int) -> int:
        return search.frames.starts.avoided(needed & -needed, bits)

    patch.setattr(Search, "_generalised", from_the_start)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """Lemmas are carried on without asking whether the moves keep them."""

    def all_of_them(frames: Frames, last: int) -> bool:
        frames.grow(last + 1)
        for lemma in list(frames.levels[last]):
            frames.levels[last].remove(lemma)
            frames._keep(lemma, last + 1)
        frames._settle(last + 1)
        return True

    patch.setattr(Frames, "propagate", all_of_them)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """Only the first start state is known."""
    original = Starts.meets

    def first(starts: Starts, bits: int) -> int | None:
        if starts._known:
            return starts._known[0] if not starts._known[0] & bits else None
        return original(starts, bits)

    patch.setattr(Starts, "meets", first)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """The certificate lacks the lemmas that its lemmas need."""
    patch.setattr(invariants.Invariants, "_reasons", lambda *_: [])


# --- devices that can be exchanged -----------------------------------------------------------------------------------


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """Any two instances are exchanged, without a look at their moves."""
    patch.setattr(orbits._Exchange, "allowed", lambda *_: True)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """Whether the start condition can be exchanged is not looked at."""
    original = orbits._Exchange.__init__

    def anywhere(check: Any, lowered: Lowered, moves: Sequence[Any]) -> None:
        original(check, lowered, moves)
        check.lowered = type("Anywhere", (), {"system": lowered.system, "conditions": lowered.conditions})()
        check.lowered.start = lowered.conditions.true

    patch.setattr(orbits._Exchange, "__init__", anywhere)


@fault("ic3", *SAFETY)
def _(patch: Patch) -> None:
    """The image of a lemma is moved by one bit too much."""
    original = Symmetry.images

    def shifted(symmetry: Symmetry, bits: int) -> tuple[int, ...]:
        first, *others = original(symmetry, bits)
        whole = (1 << len(symmetry.numbering.literals)) - 1
        return (first, *((image << 1) & whole or image for image in others))

    patch.setattr(Symmetry, "images", shifted)


# --- what goes on for ever -----------------------------------------------------------------------------------------


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """A certificate says that a watcher without duties sees nothing."""
    original = proving.NothingSeen
    patch.setattr(proving, "NothingSeen", lambda saves, _, rounds, invariant: original(saves, (), rounds, invariant))


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """A certificate says that one round less is counted."""
    original = proving.NothingSeen

    def fewer(saves: Any, duties: Any, rounds: int, invariant: Any) -> Any:
        return original(saves, duties, max(1, rounds - 1), invariant)

    patch.setattr(proving, "NothingSeen", fewer)


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """Whether the premise comes true is turned round."""
    original = proving._Attempts._vacuous

    def turned(attempts: Any, limits: Limits) -> bool | None:
        known = original(attempts, limits)
        return None if known is None else not known

    patch.setattr(proving._Attempts, "_vacuous", turned)


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """Any state that is seen twice closes a fair loop."""
    patch.setattr(Seen, "_is_loop", lambda *_: True)


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """A strongly fair action is only neglected where it is enabled all along."""
    original = Seen._neglected

    def weakly(seen: Seen, begin: int, end: int) -> list[str]:
        all_along = set.intersection(*seen._enabled[begin : end + 1])
        return [name for name in original(seen, begin, end) if name in all_along]

    patch.setattr(Seen, "_neglected", weakly)


def all_paid(made: Watched, parts: Sequence[Any]) -> Any:
    """All of these, and for never-endless that a step recurred."""
    return conjunction(*parts, *([made.recurred] if made.question.kind is Kind.NEVER_ENDLESS else []))


def watched_without(patch: Patch, method: str, change: Callable[[Watched, Any], Any]) -> None:
    """Change what a method of the engines' watcher gives."""
    original = getattr(Watched, method)
    patch.setattr(Watched, method, lambda made, *given: change(made, original(made, *given)))


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """Only what is taken pays, even where a weakly fair action is disabled."""

    def strictly(made: Watched, _: Any) -> Any:
        return all_paid(made, [Read(Watcher.paid(duty.name), BOOLEAN) for duty in made.duties])

    watched_without(patch, "_settled", strictly)


@fault("sat", *ENDLESS)
def _(patch: Patch) -> None:
    """A loop is closed without a look at what is owed."""
    watched_without(patch, "_settled", lambda made, _: all_paid(made, []))


def beside(patch: Patch, change: Callable[[System, SystemProperty, Notes], tuple[Any, Any, Any]]) -> None:
    """Have watchers made beside something else."""
    original = Watched.__init__
    patch.setattr(Watched, "__init__", lambda made, *given: original(made, *change(*given)))


@fault("sat", *ENDLESS)
def _(patch: Patch) -> None:
    """The first variable is not compared when a loop closes."""
    beside(patch, lambda system, asked, notes: (system, asked, replace(notes, saves=notes.saves[1:])))


def acting(system: System, **changes: Any) -> System:
    """Return the system with its fair actions, or all if the change is about disturbing, changed."""
    every = "disturbs" in changes
    return replace(system, actions=tuple(replace(a, **changes) if every or a.fair else a for a in system.actions))


@fault("sat", *ENDLESS)
def _(patch: Patch) -> None:
    """Disturbing moves are taken on the loop."""
    beside(patch, lambda system, asked, notes: (acting(system, disturbs=False), asked, notes))


@fault("ic3", Kind.LEADS_TO)
def _(patch: Patch) -> None:
    """The premise need not be met."""
    beside(patch, lambda system, asked, notes: (system, replace(asked, after=TRUE), notes))


@fault("ic3", Kind.LEADS_TO)
def _(patch: Patch) -> None:
    """The premise is never met."""
    beside(patch, lambda system, asked, notes: (system, replace(asked, after=FALSE), notes))


@fault("ic3", *ENDLESS)
def _(patch: Patch) -> None:
    """Every fair action is treated as a strongly fair one."""
    beside(patch, lambda system, asked, notes: (acting(system, fairness=Fairness.STRONG), asked, notes))


# --- who notices -----------------------------------------------------------------------------------------------------


class Limited:
    """An engine with little time and depth; that it breaks down is a complaint, and that IC3 is not ready in time."""

    exhaustive = False

    def __init__(self, made: Engine) -> None:
        self.made = made
        self.name, self.kinds = made.name, made.kinds

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield what the engine says."""
        try:
            for verdict in self.made.answer(system, questions, Limits(SECONDS, limits.memory, DEPTH), progress):
                if self.name == "ic3" and verdict.answer is Answer.OPEN and verdict.property.kind in self.kinds:
                    message = f"open: {verdict.reason}"
                    raise Noticed(message)
                yield verdict
        except (AssertionError, ValueError, StopIteration, IndexError, RuntimeError) as broken:
            message = f"breaks down: {broken!r}"
            raise Noticed(message) from broken


MADE_FOR_FAULTS = (roundabout(), *CORNERS)
ENGINES: dict[str, Callable[[], Engine]] = {"sat": BoundedBits, "ic3": Ic3}
WAYS = ("move", "guard", "effect", "start", "condition")
LEFT_OUT = {"wide integer", "deep leads-to"}
"""Cases that do not lower, or take IC3 ten seconds."""


def in_suite(broken: Engine, kinds: tuple[Kind, ...]) -> bool:
    """Whether the conformance suite complains, or bounded search does not find what is three steps away."""
    known = [case for case in cases() if case.question.kind in kinds and case.name not in LEFT_OUT and case.answer]
    return any(faults(broken, case) for case in known)


def among_devices(broken: Engine) -> bool:
    """Whether what is said of devices that do the same, or nearly so, is wrong or refused."""
    one, other = Counter("devices[0].x", 1), Counter("devices[1].x", 1, start=(1,))
    apart = replace(
        make("apart", (one, other), move("rest(devices[0])", one.at(1)), move("rest(devices[1])", other.at(1))),
        devices=2,
    )
    asked = [(apart, ask(Kind.INVARIANT, negation(one.at(1))))]
    asked += [(system, exclusive(3)) for system in (mutex(3), *(asymmetric(3, how) for how in WAYS))]
    for system, question in asked:
        verdicts = list(broken.answer(system, [question], Limits()))
        if not all(judged.accepted for judged in judge_all(system, verdicts)):
            return True
    return False


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str, monkeypatch: Patch) -> None:
    """The conformance suite, a handful of systems written for this, or the law over random ones complain about it."""
    engine, kinds, plant = FAULTS[name]
    plant(monkeypatch)
    broken = Limited(ENGINES[engine]())
    try:
        seen = in_suite(broken, kinds) or (kinds == SAFETY and among_devices(broken))
        seen = seen or complaint_among(broken, MADE_FOR_FAULTS) != ""
    except Noticed:
        seen = True
    assert seen or noticed(broken, kinds)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_fault_nothing_is_noticed(engine: str) -> None:
    """The same questions find nothing wrong with the engines as they are."""
    sound = Limited(ENGINES[engine]())
    assert not in_suite(sound, (*FINITE, *ENDLESS))
    assert not among_devices(sound)
    assert "" == complaint_among(sound, MADE_FOR_FAULTS)
