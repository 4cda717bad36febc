"""The judge of very many states, broken on purpose: a case decided by hand or the law over random systems notices it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import (
    TRUE,
    Actor,
    Arithmetic,
    Bounded,
    Expression,
    Less,
    Literal,
    Or,
    Read,
    Took,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemProperty, SystemVariable
from tdispmodel.judging import _Session, judge, numbered
from tdispmodel.judging.numbered import NumberedSpace, _Part
from tdispmodel.judging.vectors import Looks, Parted, Vectors
from tdispmodel.verdict import Answer, LocalStates, NumberedStates, Space, Verdict
from tests.engines_wide.numbered import Numbered, spread_systems
from tests.faults.planting import entered_into
from tests.judging import lamp
from tests.judging.lamp import AFTER, BROKEN, DARK, LIT, is_
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law

Patch = pytest.MonkeyPatch
Asked = tuple[System, tuple[SystemProperty, ...]]
UPTO = Bounded(0, 2)
COUNTER = System(
    "counter",
    (SystemVariable("count", UPTO, (0,)),),
    (
        replace(
            lamp.SYSTEM.actions[0],
            guards=(TRUE,),
            assignments=(Assignment("count", Arithmetic("+", Read("count", UPTO), Literal(1, Bounded(1, 1)))),),
        ),
    ),
)
"""Counts from 0 to 2, and then leaves its range: what no certificate may hide."""

GROWN = Arithmetic("*", Read("count", UPTO), Literal(1 << 61, Bounded(1 << 61, 1 << 61)))
HUGE = replace(
    COUNTER,
    actions=(replace(COUNTER.actions[0], guards=(Less(GROWN, Literal(1, Bounded(1, 1))),)),),
)
"""Counts from 0 to 1, while the count times 2^61 is less than 1."""


def states(*listed: tuple[Any, ...], variable: str = "lamp", count: int | None = None) -> NumberedStates:
    """A certificate with one part."""
    return NumberedStates((LocalStates((variable,), listed),), len(listed) if count is None else count)


ALL = states(DARK, LIT, BROKEN)
ALONE = states(DARK, LIT)


def said(
    kind: Kind, formula: Expression, certificate: NumberedStates, answer: Answer = Answer.HOLDS, **more: Any
) -> Verdict:
    """A verdict with such a certificate."""
    return Verdict(SystemProperty("said", "TDM900", kind, formula), answer, "hand", certificate=certificate, **more)


NEVER_BROKEN = negation(is_("BROKEN"))
TAKEN = Took(frozenset({"break_it"}))
STAYS_DARK = Or((negation(is_("DARK")), is_("DARK", AFTER)))
BY_HAND: dict[str, tuple[System, Verdict, bool]] = {
    "it is dark, lit or broken": (lamp.SYSTEM, said(Kind.INVARIANT, TRUE, ALL, space=Space(3, 4, 2)), True),
    "what is broken is reached": (lamp.SYSTEM, said(Kind.INVARIANT, NEVER_BROKEN, ALL), False),
    "and not without the host": (lamp.SYSTEM, said(Kind.INVARIANT, NEVER_BROKEN, ALONE), False),
    "the host breaks it": (lamp.SYSTEM, said(Kind.STEP, negation(TAKEN), ALL), False),
    "the host breaks none that is dark": (
        lamp.SYSTEM,
        said(Kind.STEP, Or((negation(TAKEN), negation(is_("DARK")))), ALL),
        True,
    ),
    "it is switched on in the dark": (lamp.SYSTEM, said(Kind.STEP, STAYS_DARK, ALL), False),
    "the host alone takes that step": (
        lamp.SYSTEM,
        said(Kind.MUST_BE_POSSIBLE, TAKEN, ALL, Answer.VIOLATED),
        True,
    ),
    "only the host breaks it": (
        lamp.SYSTEM,
        said(Kind.MUST_BE_POSSIBLE, is_("BROKEN"), ALONE, Answer.VIOLATED),
        True,
    ),
    "it is lit without the host": (
        lamp.SYSTEM,
        said(Kind.MUST_BE_POSSIBLE, is_("LIT"), ALONE, Answer.VIOLATED),
        False,
    ),
    "dark is missing": (lamp.SYSTEM, said(Kind.INVARIANT, TRUE, states(LIT, BROKEN)), False),
    "a state too many": (lamp.SYSTEM, said(Kind.INVARIANT, TRUE, states(DARK, LIT, BROKEN, count=4)), False),
    "a step too many": (lamp.SYSTEM, said(Kind.INVARIANT, TRUE, ALL, space=Space(3, 5, 2)), False),
    "it counts beyond its range": (
        COUNTER,
        said(Kind.INVARIANT, TRUE, states((0,), (1,), (2,), variable="count")),
        False,
    ),
    "large numbers are not looked at": (HUGE, said(Kind.INVARIANT, TRUE, states((0,), (1,), variable="count")), False),
    "nothing lasts for ever": (lamp.SYSTEM, said(Kind.LEADS_TO, is_("LIT"), ALL), False),
}
"""Of the lamp there are three states and four steps in two levels; without the host it is never broken."""


def wrong_by_hand() -> list[str]:
    """Return the cases that the judge decides otherwise."""
    return [name for name, (system, verdict, right) in BY_HAND.items() if accepted(system, verdict) is not right]


def accepted(system: System, verdict: Verdict) -> bool | Exception:
    """Return whether the verdict is accepted, or what a broken judge raised."""
    try:
        return judge(system, verdict).accepted
    except (LookupError, TypeError, ValueError) as error:
        return error


def test_cases_decided_by_hand() -> None:
    """The judge says of each case what was found by hand."""
    assert wrong_by_hand() == []


def spoiled(oracle: Oracle, verdict: Verdict) -> Iterator[Verdict]:
    """Yield changed forms of a right verdict with numbered states, each surely wrong: every local state is needed."""
    certificate = verdict.certificate
    assert isinstance(certificate, NumberedStates)
    for place, part in enumerate(certificate.parts):
        for missing in {0, len(part.states) - 1}:
            rest = replace(part, states=part.states[:missing] + part.states[missing + 1 :])
            parts = (*certificate.parts[:place], rest, *certificate.parts[place + 1 :])
            yield replace(verdict, certificate=replace(certificate, parts=parts), space=None, vacuous=None)
    yield replace(verdict, certificate=replace(certificate, count=0), space=None)
    if verdict.property.kind is not Kind.MUST_BE_POSSIBLE:  # of which it may be told without the host
        space = oracle.space
        yield replace(verdict, certificate=replace(certificate, count=certificate.count - 1), space=None)
        yield replace(verdict, space=replace(space, transitions=space.transitions + 1))
        yield replace(verdict, space=replace(space, depth=space.depth + 1))
        yield replace(verdict, vacuous=not verdict.vacuous)


def law_of_the_judge(examples: int) -> Callable[[], None]:
    """The law that right verdicts with numbered states are accepted, spoiled ones refused, and false claims, too."""

    @settings(law(examples), phases=[Phase.generate], report_multiple_bugs=False)
    @given(spread_systems())
    def check(pair: Asked) -> None:
        system, asked = pair
        oracle = Oracle(system)
        verdicts = list(Numbered().answer(system, asked, Limits()))
        shown = [one for one in verdicts if isinstance(one.certificate, NumberedStates)]
        everything = next((one.certificate for one in shown if one.answer is Answer.HOLDS), None)
        for verdict in shown:
            assert accepted(system, verdict) is True
            assert [] == [one for one in spoiled(oracle, verdict) if accepted(system, one) is not False]
        for verdict in verdicts if everything is not None else ():
            if verdict.property.kind is Kind.MUST_BE_POSSIBLE:
                claimed = Verdict(verdict.property, Answer.VIOLATED, "explicit", certificate=everything)
            else:
                claimed = Verdict(verdict.property, Answer.HOLDS, "explicit", certificate=everything)
            right = oracle.holds(verdict.property) is (claimed.answer is Answer.HOLDS)
            if claimed.answer is Answer.HOLDS or not right:
                assert accepted(system, claimed) is right

    return check


def test_what_is_right_is_accepted_and_nothing_else() -> None:
    """On random systems right verdicts are accepted; those with a part changed, or about another answer, are not."""
    law_of_the_judge(60)()


FAULTS: dict[str, Callable[[Patch], None]] = {}
fault = entered_into(FAULTS)


@fault
def _(patch: Patch) -> None:
    """A set that is not closed is accepted: what is not listed counts as listed."""

    def place(part: _Part, combined: Any) -> Any:
        ascending = part.combined[part.order]
        return part.order[np.minimum(np.searchsorted(ascending, combined), len(part) - 1)]

    patch.setattr(_Part, "place", place)


@fault
def _(patch: Patch) -> None:
    """Steps that leave a range stay in it."""
    original = NumberedSpace.after

    def after(space: NumberedSpace, keys: Any, action: Any) -> Any:
        kept = tuple(replace(one, value=within_sort(space, one)) for one in action.assignments)
        return original(space, keys, replace(action, assignments=kept))

    def within_sort(space: NumberedSpace, assignment: Assignment) -> Expression:
        if not isinstance(space.system.sorts[assignment.variable], Bounded):
            return assignment.value
        return Read(assignment.variable, space.system.sorts[assignment.variable])

    patch.setattr(NumberedSpace, "after", after)


@fault
def _(patch: Patch) -> None:
    """The last action is skipped."""
    original = NumberedSpace.__init__

    def init(space: NumberedSpace, system: System, *rest: Any) -> None:
        original(space, replace(system, actions=system.actions[:-1]), *rest)

    patch.setattr(NumberedSpace, "__init__", init)


@fault
def _(patch: Patch) -> None:
    """Only the first start state is a start."""
    original = numbered.start_states
    patch.setattr(numbered, "start_states", lambda semantics: list(original(semantics))[:1])


@fault
def _(patch: Patch) -> None:
    """Guards are ignored."""
    original = Vectors.value

    def value(vectors: Vectors, term: Expression, action: Any = None) -> Any:
        found = original(vectors, term, action)
        guards = getattr(value, "guards", ())
        return np.ones_like(found) if any(term is guard for guard in guards) else found

    begun = NumberedSpace.__init__

    def init(space: NumberedSpace, system: System, *rest: Any) -> None:
        value.guards = [action.guard for action in system.actions]  # type: ignore[attr-defined]  # a note on the fault
        begun(space, system, *rest)

    patch.setattr(Vectors, "value", value)
    patch.setattr(NumberedSpace, "__init__", init)


@fault
def _(patch: Patch) -> None:
    """The certificate's number of states is believed."""
    original = NumberedSpace.__init__

    def init(space: NumberedSpace, system: System, semantics: Any, certificate: NumberedStates) -> None:
        try:
            original(space, system, semantics, certificate)
        except numbered.Refused as refused:
            if "are reachable, and" not in str(refused):
                raise

    patch.setattr(NumberedSpace, "__init__", init)


@fault
def _(patch: Patch) -> None:
    """The states of the first level alone are asked about."""
    original = NumberedSpace._reached

    def reached(space: NumberedSpace, spoken: tuple[int, ...]) -> Iterator[Parted]:
        for states in original(space, spoken):
            yield states.those(np.arange(1))

    patch.setattr(NumberedSpace, "_reached", reached)


@fault
def _(patch: Patch) -> None:
    """Of the parts of which a formula speaks one is forgotten."""
    original = Looks.spoken
    patch.setattr(Looks, "spoken", lambda looks, *term: original(looks, *term)[:-1])


@fault
def _(patch: Patch) -> None:
    """All states look like the first one."""
    original = Parted.alike

    def alike(states: Parted, spoken: tuple[int, ...]) -> tuple[Parted, Any]:
        some, back = original(states, spoken)
        return some, np.zeros_like(back)

    patch.setattr(Parted, "alike", alike)


@fault
def _(patch: Patch) -> None:
    """That each condition is met somewhere is taken for their being met together."""

    def ever(space: NumberedSpace, formula: Any, guard: Any, action: Any) -> bool:
        looks = space.nothing
        return all(space._meets(looks.spoken(each, action), [each], action) for each in (formula, guard))

    patch.setattr(NumberedSpace, "_ever", ever)


@fault
def _(patch: Patch) -> None:
    """That a property holds is believed once the states are right."""
    patch.setattr(NumberedSpace, "confirm", lambda *_: None)


@fault
def _(patch: Patch) -> None:
    """That something never happens is believed once the states are right."""
    patch.setattr(NumberedSpace, "confirm_impossible", lambda *_: None)


@fault
def _(patch: Patch) -> None:
    """What holds without the host is taken to hold."""
    patch.setattr(
        _Session, "gone_through", lambda session, one, **_: unwrapped(session.numbered_states(one, unaided=True))
    )

    def unwrapped(found: Any) -> Any:
        if isinstance(found, Exception):
            raise found
        return found


@fault
def _(patch: Patch) -> None:
    """A step of the host counts as one that makes something possible."""
    patch.setattr(numbered, "Actor", type("Nobody", (), {"HOST": None}))


@fault
def _(patch: Patch) -> None:
    """Steps of the host do not count as steps."""
    original = NumberedSpace._steps
    patch.setattr(
        NumberedSpace,
        "_steps",
        lambda space, formula: (one for one in original(space, formula) if one.actor is not Actor.HOST),
    )


@fault
def _(patch: Patch) -> None:
    """The state after a step is the state before."""
    original = Vectors.value

    def value(vectors: Vectors, term: Expression, action: Any = None) -> Any:
        return original(vectors, term, None if action is None else replace(action, assignments=()))

    patch.setattr(Vectors, "value", value)


@fault
def _(patch: Patch) -> None:
    """Counts and vacuity are not looked at."""
    patch.setattr(_Session, "claims", lambda *_: None)


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_judge_is_noticed(name: str, monkeypatch: Patch) -> None:
    """A case decided by hand, or the law over random systems, fails when the judge is broken in this way."""
    FAULTS[name](monkeypatch)
    if wrong_by_hand():
        return
    with pytest.raises(AssertionError):
        law_of_the_judge(150)()
