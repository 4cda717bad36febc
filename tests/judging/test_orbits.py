"""The judge of orbits: what it accepts is so, each way of being wrong is refused, and a judge broken on purpose is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    And,
    Arithmetic,
    AtMost,
    Bounded,
    Equal,
    Expression,
    Fairness,
    If,
    Less,
    Literal,
    Not,
    Or,
    Read,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System
from tdispmodel.judging import _Session, judge, judge_all, orbits as judging_orbits, symmetry
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.numbered import NumberedSpace
from tdispmodel.judging.orbits import OrbitSpace
from tdispmodel.judging.symmetry import Interchange, Shapes, Swap
from tdispmodel.verdict import Answer, Interchanged, LocalStates, NumberedOrbits, Space, Verdict
from tests.engines_wide.numbered import Numbered
from tests.engines_wide.symmetric import symmetric_systems
from tests.faults.planting import entered_into
from tests.judging.switches import (
    ALWAYS,
    BOTH,
    FIRST_LIGHTS,
    LAMP,
    LIGHTS,
    NOT_THE_FIRST_ALONE,
    PARTS,
    PLAIN,
    action,
    on,
    orbits,
    said,
    system,
    taken,
    turned,
)
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law

Patch = pytest.MonkeyPatch
Asked = tuple[System, tuple[Any, ...]]
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # when a law fails

LIT_BY_BOTH = disjunction(negation(LAMP), on(0))
LIT_BY_ONE = disjunction(negation(LAMP), on(0), on(1))
SECOND_ONLY_WHEN_OFF = system(turned(0), turned(1, negation(on(0))))
STARTS_UNLIKE = system(turned(0), turned(1), starts=((False,), (False, True)))
BEGINS_UNLIKE = system(turned(0), turned(1), starts=((False, True), (False, True)), initially=negation(on(0)))
HOST_TURNS = system(
    *(
        replace(turned(number), name=f"turn(switches[{number}])", actor=Actor.HOST) if number else turned(number)
        for number in (0, 1)
    )
)
LIGHT_AND_DARK = system(
    turned(0),
    turned(1),
    action("light(switches[0])", on(0), lamp=LIGHTS),
    action("light(switches[1])", on(1), lamp=Literal(False, BOOLEAN)),
)
NO_LAMP = negation(LAMP)

BY_HAND: dict[str, tuple[System, Verdict, bool]] = {
    "three orbits are four states and four steps": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 3, space=Space(4, 4, 2)),
        True,
    ),
    "the lamp is never lit": (PLAIN, said(Kind.INVARIANT, NO_LAMP, 3), True),
    "three orbits are not three states": (PLAIN, said(Kind.INVARIANT, ALWAYS, 3, space=Space(3, 4, 2)), False),
    "three orbits are not three steps": (PLAIN, said(Kind.INVARIANT, ALWAYS, 3, space=Space(4, 3, 2)), False),
    "two orbits": (PLAIN, said(Kind.INVARIANT, ALWAYS, 2), False),
    "two orbits, says the verdict": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 3, symmetry=Interchanged((BOTH,), 2)),
        False,
    ),
    "the first is on alone": (PLAIN, said(Kind.INVARIANT, NOT_THE_FIRST_ALONE, 3), False),
    "the first is turned on after the second": (
        PLAIN,
        said(Kind.STEP, disjunction(negation(taken("turn", 0)), on(1)), 3),
        False,
    ),
    "both may not be on": (PLAIN, said(Kind.INVARIANT, disjunction(negation(on(0)), negation(on(1))), 3), False),
    "the first is never turned": (PLAIN, said(Kind.STEP, negation(taken("turn", 0)), 3), False),
    "one of both is turned": (PLAIN, said(Kind.STEP, taken("turn", 0, 1), 3), True),
    "the first alone is possible": (
        PLAIN,
        said(Kind.MUST_BE_POSSIBLE, negation(NOT_THE_FIRST_ALONE), 3, Answer.VIOLATED),
        False,
    ),
    "the lamp is never possible": (PLAIN, said(Kind.MUST_BE_POSSIBLE, LAMP, 3, Answer.VIOLATED), True),
    "the first lights, and is taken for the second": (FIRST_LIGHTS, said(Kind.INVARIANT, LIT_BY_BOTH, 4), False),
    "that one lights is so, but not by this": (FIRST_LIGHTS, said(Kind.INVARIANT, LIT_BY_ONE, 5), False),
    "a guard differs": (SECOND_ONLY_WHEN_OFF, said(Kind.INVARIANT, ALWAYS, 3), False),
    "an effect differs": (LIGHT_AND_DARK, said(Kind.INVARIANT, ALWAYS, 5), False),
    "start values differ": (STARTS_UNLIKE, said(Kind.INVARIANT, ALWAYS, 3, space=Space(4, 4, 2)), False),
    "start states differ": (BEGINS_UNLIKE, said(Kind.INVARIANT, ALWAYS, 3, space=Space(4, 4, 2)), False),
    "the actor differs": (HOST_TURNS, said(Kind.INVARIANT, ALWAYS, 3), False),
    "an instance is interchanged with itself": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 3, certificate=orbits(3, classes=(("switches[0]", "switches[0]"),))),
        False,
    ),
    "a class of one": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 4, certificate=orbits(4, classes=(BOTH[:1],)), symmetry=None),
        False,
    ),
    "what is no name": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 3, certificate=orbits(3, classes=((None, "switches[1]"),))),
        False,
    ),
    "local states that are none": (
        PLAIN,
        said(
            Kind.INVARIANT,
            ALWAYS,
            3,
            certificate=orbits(3, parts=(PARTS[0], *(replace(part, states=(None, (True,))) for part in PARTS[1:]))),
        ),
        False,
    ),
    "an instance that is none": (
        PLAIN,
        said(Kind.INVARIANT, ALWAYS, 3, certificate=orbits(3, classes=(("lamps[0]", "lamps[1]"),))),
        False,
    ),
    "the lists of both are in another order": (
        PLAIN,
        said(
            Kind.INVARIANT,
            ALWAYS,
            3,
            certificate=orbits(3, parts=(*PARTS[:2], replace(PARTS[2], states=((True,), (False,))))),
        ),
        False,
    ),
    "one part has both": (
        PLAIN,
        said(
            Kind.INVARIANT,
            ALWAYS,
            3,
            certificate=orbits(
                3,
                parts=(
                    PARTS[0],
                    LocalStates(
                        ("switches[0].on", "switches[1].on"),
                        ((False, False), (False, True), (True, False), (True, True)),
                    ),
                ),
            ),
        ),
        False,
    ),
    "a local state is missing": (
        PLAIN,
        said(
            Kind.INVARIANT,
            ALWAYS,
            1,
            certificate=orbits(1, parts=(PARTS[0], *(replace(part, states=((False,),)) for part in PARTS[1:]))),
        ),
        False,
    ),
    "what goes on for ever": (PLAIN, said(Kind.LEADS_TO, NO_LAMP, 3), False),
}
"""Cases decided by hand.  The representatives of the plain switches are off and off, off and on, on and on."""


def accepted(made: System, verdict: Verdict) -> bool | Exception:
    """Return whether the verdict is accepted, or what a broken judge raised."""
    try:
        return judge(made, verdict).accepted
    except (LookupError, TypeError, ValueError) as error:
        return error


def wrong_by_hand() -> list[str]:
    """Return the cases that the judge decides otherwise."""
    wrong = [name for name, (made, verdict, right) in BY_HAND.items() if accepted(made, verdict) is not right]
    return wrong + ([] if one_after_the_other() == [True, False, True] else ["one after the other"])


def one_after_the_other() -> list[bool]:
    """Return what is said of three verdicts with one certificate: no step leaves the state in which both are on."""
    never_both = disjunction(negation(on(0)), negation(on(1)))
    shared = orbits(3)
    kinds = (Kind.STEP, Kind.INVARIANT, Kind.STEP)
    return [one.accepted for one in judge_all(PLAIN, [said(kind, never_both, 3, certificate=shared) for kind in kinds])]


def test_cases_decided_by_hand() -> None:
    """The judge says of each case what was found by hand."""
    assert wrong_by_hand() == []


def law_of_the_judge(examples: int) -> Callable[[], None]:
    """The law that right verdicts by orbits are accepted, spoiled ones refused, and false claims, too."""

    @settings(law(examples), phases=[Phase.generate], report_multiple_bugs=False)
    @given(symmetric_systems())
    def check(pair: Asked) -> None:
        made, asked = pair
        oracle = Oracle(made)
        verdicts = list(Numbered().answer(made, asked, Limits()))
        shown = [one for one in verdicts if isinstance(one.certificate, NumberedOrbits)]
        for verdict in shown:
            assert accepted(made, verdict) is True
            assert [] == [one for one in spoiled(oracle, verdict) if accepted(made, one) is not False]
        everything = next((one.certificate for one in shown if one.answer is Answer.HOLDS), None)
        for verdict in verdicts if everything is not None else ():
            if verdict.property.kind is not Kind.MUST_BE_POSSIBLE:
                claimed = Verdict(verdict.property, Answer.HOLDS, "explicit", certificate=everything)
                assert accepted(made, claimed) is oracle.holds(verdict.property)

    return check


def spoiled(oracle: Oracle, verdict: Verdict) -> Iterator[Verdict]:
    """Yield changed forms of a right verdict by orbits, each surely wrong."""
    certificate = verdict.certificate
    assert isinstance(certificate, NumberedOrbits)
    yield replace(verdict, certificate=replace(certificate, count=certificate.count + 1), space=None, symmetry=None)
    first = certificate.classes[0]
    yield replace(verdict, certificate=replace(certificate, classes=((first[0], first[0]),)), space=None)
    if verdict.property.kind is not Kind.MUST_BE_POSSIBLE and verdict.symmetry is not None:
        space = oracle.space
        yield replace(verdict, space=replace(space, states=space.states + 1))
        yield replace(verdict, space=replace(space, transitions=space.transitions + 1))
        yield replace(verdict, space=replace(space, depth=space.depth + 1))
        yield replace(verdict, vacuous=not verdict.vacuous)
        yield replace(verdict, symmetry=replace(verdict.symmetry, orbits=certificate.count + 1))


def test_what_is_right_is_accepted_and_nothing_else() -> None:
    """On random systems right verdicts are accepted; those with a part changed, or about another answer, are not."""
    law_of_the_judge(40)()


# --- the words ---------------------------------------------------------------------------------------------------------

NUMBER = Bounded(0, 2)
A, B = (Read(f"devices[{number}].x", NUMBER) for number in range(2))
P, Q = (Less(each, Literal(1, Bounded(1, 1))) for each in (A, B))
SAME: list[tuple[Expression, Expression]] = [
    (And((P, Q)), And((Q, P))),
    (And((P, P, Q)), And((Q, P))),
    (Or((P, Q)), Or((Q, P))),
    (Equal(A, B), Equal(B, A)),
    (Arithmetic("+", A, Arithmetic("+", B, A)), Arithmetic("+", Arithmetic("+", A, A), B)),
    (Arithmetic("*", A, B), Arithmetic("*", B, A)),
]
UNLIKE: list[tuple[Expression, Expression]] = [
    (And((P, Q)), Or((P, Q))),
    (Less(A, B), Less(B, A)),
    (AtMost(A, B), AtMost(B, A)),
    (AtMost(A, B), Less(A, B)),
    (Arithmetic("-", A, B), Arithmetic("-", B, A)),
    (Arithmetic("+", A, A), A),
    (Arithmetic("+", A, B), Arithmetic("*", A, B)),
    (If(P, A, B), If(P, B, A)),
    (Not(P), P),
    (Literal(1, Bounded(1, 1)), Literal(True, BOOLEAN)),
    (A, replace(A, after=True)),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_another_order(one: Expression, other: Expression) -> None:
    """Operands of what does not depend on their order may be in any."""
    shapes = Shapes()
    assert shapes.of(one) == shapes.of(other)


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_what_is_not_the_same(one: Expression, other: Expression) -> None:
    """What means something else is not the same."""
    shapes = Shapes()
    assert shapes.of(one) != shapes.of(other)


def test_what_a_formula_becomes() -> None:
    """A formula about one of two switches becomes the one about the other, and one about both itself."""
    made = Interchange(PLAIN, (BOTH,))
    assert made.images(on(0)) == [on(0), on(1)]
    assert made.images(And((on(0), on(1)))) == [And((on(0), on(1)))]
    assert made.images(taken("turn", 1)) == [taken("turn", 1), taken("turn", 0)]


@pytest.mark.parametrize("field", ["actor", "fairness", "disturbs", "adversarial"])
def test_promises_are_compared(field: str) -> None:
    """Two switches that are turned by others, or with another promise or assumption, are not interchangeable."""
    value = {"actor": Actor.USERSPACE, "fairness": Fairness.STRONG}.get(field, True)
    other = system(turned(0), replace(turned(1), **{field: value}))  # type: ignore[arg-type]  # a field by its name
    with pytest.raises(Refused, match="has no like"):
        Interchange(other, (BOTH,))


def test_too_many_images_are_refused(monkeypatch: Patch) -> None:
    """The judge does not look at more formulas than it has time for."""
    monkeypatch.setattr(symmetry, "MOST_IMAGES", 1)
    with pytest.raises(Refused, match="more than 1 others"):
        Interchange(PLAIN, (BOTH,)).images(on(0))


def test_too_many_permutations_are_refused(monkeypatch: Patch) -> None:
    """Nor at classes whose permutations are too many to be counted in 64 bits."""
    monkeypatch.setattr(judging_orbits, "MOST_PERMUTATIONS", 1)
    assert "too many permutations" in judge(PLAIN, said(Kind.INVARIANT, ALWAYS, 3)).reason


# --- a judge that is broken --------------------------------------------------------------------------------------------

FAULTS: dict[str, Callable[[Patch], None]] = {}
fault = entered_into(FAULTS)


@fault
def _(patch: Patch) -> None:
    """That instances are interchangeable is believed."""
    patch.setattr(Interchange, "_check", lambda *_: None)


@fault
def _(patch: Patch) -> None:
    """Actions are not compared."""
    patch.setattr(Interchange, "_becomes", lambda *_: True)


@fault
def _(patch: Patch) -> None:
    """All expressions count as the same."""
    patch.setattr(Interchange, "_same", lambda *_: True)


@fault
def _(patch: Patch) -> None:
    """What is promised of actions is not compared."""
    patch.setattr(symmetry, "promises", lambda _: ())


@fault
def _(patch: Patch) -> None:
    """What a property becomes is not looked at."""
    patch.setattr(Interchange, "images", lambda _, formula: [formula])


@fault
def _(patch: Patch) -> None:
    """Actions keep their names when instances are interchanged."""
    patch.setattr(Swap, "action", lambda _, name: name)


@fault
def _(patch: Patch) -> None:
    """What is known to be true of no state is taken to be true of no step."""
    patch.setattr(
        OrbitSpace,
        "_note",
        lambda space, images, **_: space.never.update(
            (kind, space.interchange.shapes.of(image)) for image in images for kind in (False, True)
        ),
    )


@fault
def _(patch: Patch) -> None:
    """Lists of interchanged instances are not compared."""
    patch.setattr(judging_orbits, "_alike", lambda *_: None)


@fault
def _(patch: Patch) -> None:
    """An orbit counts as one state."""
    patch.setattr(OrbitSpace, "_stands_for", NumberedSpace._stands_for)


@fault
def _(patch: Patch) -> None:
    """States are not replaced by representatives."""
    patch.setattr(OrbitSpace, "_visited_for", NumberedSpace._visited_for)


@fault
def _(patch: Patch) -> None:
    """Two combinations share a mark."""
    kept = OrbitSpace._place
    patch.setattr(OrbitSpace, "_place", lambda space, keys: kept(space, keys) // 2)


@fault
def _(patch: Patch) -> None:
    """The first level alone is asked about."""
    patch.setattr(
        OrbitSpace, "_noted", lambda space, keys: space.levels.append(keys[: 0 if space.levels else None]) or keys
    )


@fault
def _(patch: Patch) -> None:
    """Which instances a verdict says it interchanged is believed."""
    patch.setattr(_Session, "interchanged", lambda *_: None)


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_judge_is_noticed(name: str, monkeypatch: Patch) -> None:
    """A case decided by hand, or the law over random systems, fails when the judge is broken in this way."""
    FAULTS[name](monkeypatch)
    if wrong_by_hand():
        return
    with pytest.raises(AssertionError):
        law_of_the_judge(150)()
