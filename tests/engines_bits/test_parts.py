"""The parts of the engines over bits: literals, steps backwards, frames, symmetries, each against its definition."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given, strategies as st

from tdispmodel.compiling.conditions import holds
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits import orbits
from tdispmodel.engines.bits.frames import Frames
from tdispmodel.engines.bits.numbering import TRUE_LITERAL, Bits, Clauses, Numbering, members
from tdispmodel.engines.bits.orbits import Symmetry, symmetry
from tdispmodel.engines.bits.questions import Codes, after, target
from tdispmodel.engines.bits.search import Search
from tdispmodel.engines.bits.solver import Budget, Solver
from tdispmodel.engines.bits.steps import Reasons, backwards
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tests.engines_bits.peers import asymmetric, mutex, peers
from tests.laws.random_systems import Formulas, asked_systems, law, systems

NO_LIMITS = Budget(Limits())


def states(lowered: Lowered) -> list[Codes]:
    """All states, reachable or not."""
    return list(product(*(range(size) for size in lowered.conditions.sizes)))


def packed(numbering: Numbering, codes: Codes) -> Bits:
    """The bits of a state."""
    return sum(numbering.bits(variable, 1 << code) for variable, code in enumerate(codes))


def fixed(numbering: Numbering, codes: Codes) -> list[int]:
    """The literals that say that the state is this one."""
    return [numbering.literal(variable, code) for variable, code in enumerate(codes)]


@law(20)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.data())
def test_the_domain_has_one_model_per_state(sizes: list[int], data: st.DataObject) -> None:
    """In any order of the variables, the models of the domain are the states, each read back as the one it is."""
    numbering = Numbering(sizes, data.draw(st.permutations(range(len(sizes)))))
    solver = Solver(NO_LIMITS, numbering.domain().taken())
    found = set()
    while solver.satisfiable([]):
        state = numbering.state(solver.model())
        codes = numbering.codes(state)
        assert packed(numbering, codes) == state
        found.add(codes)
        solver.add([[-literal for literal in fixed(numbering, codes)]])
    assert found == set(product(*map(range, sizes)))


@law(40)
@given(systems(), st.data())
def test_a_literal_of_a_condition_may_be_true_exactly_where_it_is(system: System, data: st.DataObject) -> None:
    """With a state fixed, the literal can be true if and only if the condition is; and reasons are reasons."""
    lowered = Lowered(system)
    condition = lowered.condition(Formulas(data.draw, system.variables).formula(2))
    numbering = Numbering(lowered.conditions.sizes)
    clauses = numbering.domain()
    literal = clauses.literal(condition)
    solver, reasons = Solver(NO_LIMITS, clauses.taken()), Reasons(numbering)
    everywhere = states(lowered)
    for codes in everywhere:
        true = holds(condition, codes)
        assert solver.satisfiable([literal, *fixed(numbering, codes)]) is true
        why = reasons.why(condition, packed(numbering, codes))
        assert (why is not None) is true
        if why is not None:
            assert not why & packed(numbering, codes)
            assert all(holds(condition, other) for other in everywhere if not packed(numbering, other) & why)


def test_literals_of_what_is_decided() -> None:
    """True and false need no literal of their own; nor does a condition on a truth value."""
    lowered = Lowered(mutex(2))
    of, clauses = lowered.conditions, Clauses(Numbering(lowered.conditions.sizes))
    assert (clauses.literal(of.true), clauses.literal(of.false)) == (TRUE_LITERAL, -TRUE_LITERAL)
    clauses.literal(of.atom(0, 0b01))
    assert clauses.taken() == []


@law(40)
@given(systems(may_leave_range=True), st.data())
def test_a_step_backwards_is_the_step(system: System, data: st.DataObject) -> None:
    """The assumptions hold in exactly the states from which the move leads into the cube, and the cube around one such
    state has only such states.
    """
    lowered = Lowered(system)
    numbering = Numbering(lowered.conditions.sizes)
    clauses, reasons = numbering.domain(), Reasons(numbering)
    move = data.draw(st.sampled_from(lowered.moves))
    back = backwards(move, lowered.conditions, numbering, clauses)
    solver = Solver(NO_LIMITS, clauses.taken())
    wanted = data.draw(st.integers(0, sum(numbering.field)))
    everywhere = states(lowered)
    led = [codes for codes in everywhere if leads(move, codes, numbering, wanted)]
    if back.always & wanted:
        assert led == []
        return
    due = back.assumptions(wanted, numbering)
    for codes in everywhere:
        assert solver.satisfiable([back.guard, *due, *fixed(numbering, codes)]) is (codes in led)
    for codes in led:
        around = back.before(wanted, packed(numbering, codes), reasons)
        inside = [other for other in everywhere if not packed(numbering, other) & around]
        assert codes in inside
        assert set(inside) <= set(led)


def leads(move: Move, codes: Codes, numbering: Numbering, wanted: Bits) -> bool:
    """Whether the move is possible and leads into the cube, by going there."""
    return holds(move.guard, codes) and not packed(numbering, after(move, codes)) & wanted


@law(40)
@given(asked_systems((Kind.INVARIANT, Kind.STEP)))
def test_a_frame_has_every_state_within_its_number_of_steps(asked: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """After a search, each lemma of frame i is true of all states that i steps reach, those kept forever of all."""
    system, questions = asked
    lowered = Lowered(system)
    frames = Frames(lowered, lowered.moves, symmetry(lowered, lowered.moves), NO_LIMITS)
    search = Search(lowered, frames, silent)
    for question in questions:
        search.path(target(lowered, lowered.moves, question))
    reached = [{codes for codes in states(lowered) if holds(lowered.start, codes)}]
    for _ in frames.levels:
        further = {after(move, codes) for codes in reached[-1] for move in lowered.moves if holds(move.guard, codes)}
        reached.append(reached[-1] | further)
    for level, lemmas in enumerate([*frames.levels, frames.forever]):
        for lemma in lemmas:
            broken = [
                codes
                for codes in reached[level]
                if any(not packed(frames.numbering, codes) & image for image in lemma.images)
            ]
            assert broken == []


def classes(system: System) -> list[int]:
    """How many instances there are in each class of those that can be exchanged."""
    lowered = Lowered(system)
    return [len(instances) for instances in symmetry(lowered, lowered.moves).classes]


def test_devices_that_do_the_same_can_be_exchanged() -> None:
    """Four devices with the same moves are one class; a lock that all may take changes nothing."""
    assert classes(mutex(4)) == [4]


@pytest.mark.parametrize("how", ["move", "guard", "effect", "start", "condition", "sort"])
def test_one_that_differs_cannot_be_exchanged(how: str) -> None:
    """The first of four devices differs in one move, guard, effect, start value, start condition or range."""
    assert classes(asymmetric(4, how)) == [3]


def test_instances_with_other_variables_cannot_be_exchanged() -> None:
    """Two devices of which only one has a flag are not compared at all."""
    assert classes(peers(["devices[0].a", "devices[1].b"])) == []


def test_a_variable_of_two_instances_stands_in_the_way() -> None:
    """What belongs to two devices at once would have to be moved twice: they are left alone."""
    assert classes(peers(["devices[0].a", "devices[1].a", "devices[0].sees[1]"])) == []


def patterned(shared: Symmetry, patterns: tuple[int, ...]) -> Bits:
    """A lemma that says of each instance of the first class what the pattern says of its bits."""
    return sum(pattern << place for pattern, place in zip(patterns, shared._places[0], strict=True))


@law(40)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=5).map(tuple))
def test_images_are_all_exchanges_of_the_instances(patterns: tuple[int, ...]) -> None:
    """The images are what all orders of the patterns give, each once, the lemma first."""
    lowered = Lowered(mutex(len(patterns)))
    shared = symmetry(lowered, lowered.moves)
    lemma = patterned(shared, patterns)
    images = shared.images(lemma)
    assert images[0] == lemma
    assert len(set(images)) == len(images)
    assert set(images) == {patterned(shared, order) for order in permutations(patterns)}
    assert not shared.broken


def test_too_many_images_break_the_symmetry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lemma about two of five devices has twenty images: with a bound of nineteen it and all later ones stay alone."""
    lowered = Lowered(mutex(5))
    shared = symmetry(lowered, lowered.moves)
    two, one = patterned(shared, (1, 2, 0, 0, 0)), patterned(shared, (1, 0, 0, 0, 0))
    assert len(shared.images(two)) == 20
    monkeypatch.setattr(orbits, "MOST_IMAGES", 19)
    assert len(shared.images(one)) == 5
    assert shared.images(two) == (two,)
    assert shared.images(one) == (one,)


def test_members_are_the_bits() -> None:
    """Members are listed from the lowest bit on, also beyond a machine word."""
    assert list(members(0b1011 | 1 << 100)) == [0, 1, 3, 100]
