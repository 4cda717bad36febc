"""One model asked: instances, constants, ranges, vacuity, and the judge before everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.checking import asking
from tdispmodel.checking.asking import Plan, all_of, check_model
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.portfolio import chosen
from tdispmodel.engines.protocol import Limits, Progress
from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Arithmetic,
    Bounded,
    ConstantValue,
    Expression,
    Fairness,
    Field,
    Literal,
    Not,
    Or,
    number,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Constant,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reading import read
from tdispmodel.source import Place, Rejected
from tdispmodel.verdict import Answer, Contradiction, Trace, Verdict

EXPLICIT = Plan(engines=("explicit",))


def switch(*constants: Constant, guard: Expression = TRUE) -> Model:
    """Lamps that can each be switched on, one at a time, and never off."""
    lamp = Component(
        "Lamp", ("Lamp",), variables=(Variable("on", BOOLEAN, (False,)), Variable("broken", BOOLEAN, (False,)))
    )
    press = Action(
        "press",
        "Room",
        Actor.USERSPACE,
        fairness=Fairness.WEAK,
        parameters=(Parameter("lamp", "Lamp"),),
        guards=(Guard(Not(Field("lamp", "on", BOOLEAN))), Guard(guard)),
        updates=(Update("lamp", "on", Literal(True, BOOLEAN)),),
    )
    room = Component("Room", ("Room",), actions=(press,), parts=(Part("lamps", "Lamp", many=True),))
    return Model("switch", "Room", (room, lamp), constants)


ON = Field("now", "on", BOOLEAN)
BROKEN = Field("now", "broken", BOOLEAN)


def always(name: str, formula: Expression, about: str = "Lamp", **more: object) -> Property:
    """An invariant."""
    return Property(name, "T1", Kind.INVARIANT, about, formula, **more)  # type: ignore[arg-type]  # fields by name


DARK = always("dark", Not(ON))
WHOLE = always("whole", Not(BROKEN))
SMOKES = always("smokes_when_broken", Or((Not(BROKEN), ON)))


def test_about_each_instance() -> None:
    """A property about a part is one verdict: violated as soon as one instance violates it, in one step."""
    answered = check_model(switch(), [DARK, WHOLE], replace(EXPLICIT, devices=2))
    verdicts = [result.verdict for result in answered.results]
    assert [Answer.VIOLATED, Answer.HOLDS] == [verdict.answer for verdict in verdicts]
    assert 1 == len(verdicts[0].trace or ())


def test_results_in_the_order_asked() -> None:
    """Results stand in the order of the properties, whatever groups they were asked in."""
    third = always("third", Not(BROKEN), given=(("power", False),))
    model = switch(Constant("power", BOOLEAN, True))
    answered = check_model(model, [WHOLE, third, DARK], EXPLICIT)
    assert ["whole", "third", "dark"] == [result.verdict.property.name for result in answered.results]


def test_given_constants() -> None:
    """What a property gives holds for it alone, over the default and over the command line."""
    model = switch(Constant("power", BOOLEAN, True), guard=ConstantValue("power", BOOLEAN))
    dark_without_power = replace(DARK, name="dark_without_power", given=(("power", False),))
    plan = replace(EXPLICIT, constants={"power": True})
    answered = check_model(model, [DARK, dark_without_power], plan)
    assert [Answer.VIOLATED, Answer.HOLDS] == [result.verdict.answer for result in answered.results]
    assert [(("power", True),), (("power", False),)] == [result.system.constants for result in answered.results]


@pytest.mark.parametrize(
    ("constants", "reason"),
    [
        (
            (Constant("power", BOOLEAN, True, fixed=True),),
            "it is asked with power=False, and switch fixes power to True",
        ),
        ((), "it is asked with power=False, and switch has no constant power"),
    ],
)
def test_given_that_clashes(constants: tuple[Constant, ...], reason: str) -> None:
    """A property that gives a constant otherwise than the proposal fixes it is skipped, with the reason."""
    answered = check_model(switch(*constants), [replace(DARK, given=(("power", False),))], EXPLICIT)
    assert () == answered.results
    assert [("switch", "dark", "T1", reason)] == [
        (left.proposal, left.property, left.code, left.reason) for left in answered.skipped
    ]


def test_given_that_agrees() -> None:
    """A property that gives what the proposal fixes anyway is asked."""
    model = switch(Constant("power", BOOLEAN, False, fixed=True))
    assert 1 == len(check_model(model, [replace(DARK, given=(("power", False),))], EXPLICIT).results)


def test_vacuous() -> None:
    """A property whose premise never comes true holds vacuously; one without a premise does not."""
    answered = check_model(switch(), [SMOKES, WHOLE], EXPLICIT)
    assert [True, False] == [result.verdict.vacuous for result in answered.results]


def test_vacuity_is_always_decided() -> None:
    """With an engine that leaves vacuity open it is asked, and the result is true or false, never missing."""
    answered = check_model(switch(), [SMOKES, WHOLE, DARK], Plan(engines=("induction",)))
    assert [True, False, False] == [result.verdict.vacuous for result in answered.results]


def counter() -> Model:
    """A counter up to 2 that somebody counts on for ever."""
    value = Field("self", "n", Bounded(0, 2))
    up = Action(
        "count",
        "Counter",
        Actor.KERNEL,
        fairness=Fairness.WEAK,
        updates=(Update("self", "n", Arithmetic("+", value, number(1))),),
        place=Place("counter.py", 7, 5),
    )
    component = Component("Counter", ("Counter",), variables=(Variable("n", Bounded(0, 2), (0,)),), actions=(up,))
    return Model("counter", "Counter", (component,))


@pytest.mark.parametrize("engine", ["explicit", "bmc", "induction"])
def test_integer_out_of_range(engine: str) -> None:
    """An integer that leaves its range is a complaint at the action, with the way there: 0, 1, 2, and then 3."""
    wanted = always("fine", TRUE, about="Counter")
    with pytest.raises(Rejected) as rejected:
        check_model(counter(), [wanted], Plan(engines=(engine,)))
    (complaint,) = rejected.value.complaints
    assert ("E621", Place("counter.py", 7, 5)) == (complaint.code, complaint.place)
    first, *steps = complaint.message.splitlines()
    assert "count would assign 3 to n, which is int 0..2" == first
    assert ["1  count", "2  count", "3  count   <== here"] == [step.strip() for step in steps]


class Wrong:
    """An engine that claims what it cannot show."""

    name = "wrong"
    kinds = frozenset(Kind)
    exhaustive = True

    def __init__(self, answer: Answer) -> None:
        self.claim = answer

    def answer(
        self, system: System, questions: Sequence[SystemProperty], _: Limits, __: Progress = print
    ) -> Iterator[Verdict]:
        start = tuple(variable.initial[0] for variable in system.variables)
        for question in questions:
            yield Verdict(
                question, self.claim, self.name, trace=Trace(start) if self.claim is Answer.VIOLATED else None
            )


@pytest.mark.parametrize("answer", [Answer.HOLDS, Answer.VIOLATED])
def test_refused_verdict_is_our_fault(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """A verdict that the judge refuses is a fault of ours that names engine and property, never a result."""
    monkeypatch.setattr(asking, "chosen", lambda _: Wrong(answer))
    with pytest.raises(OurFault, match="refuses a verdict of wrong on dark"):
        check_model(switch(), [DARK], EXPLICIT)


def test_contradiction_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that contradict each other are a fault of ours."""

    class Contradicting(Wrong):
        def answer(self, *_: object) -> Iterator[Verdict]:
            message = "dark: one says holds, other says violated"
            raise Contradiction(message)

    monkeypatch.setattr(asking, "chosen", lambda _: Contradicting(Answer.OPEN))
    with pytest.raises(OurFault, match="contradict"):
        check_model(switch(), [DARK], EXPLICIT)


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an interrupt what was decided stays, judged, and the rest is open."""
    real = chosen(("explicit",))

    class Interrupted(Wrong):
        def answer(
            self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = print
        ) -> Iterator[Verdict]:
            yield from real.answer(system, questions[:1], limits, progress)
            raise KeyboardInterrupt

    monkeypatch.setattr(asking, "chosen", lambda _: Interrupted(Answer.OPEN))
    answered = check_model(switch(), [DARK, WHOLE], EXPLICIT)
    assert answered.interrupted
    assert [(Answer.VIOLATED, ""), (Answer.OPEN, "interrupted")] == [
        (result.verdict.answer, result.verdict.reason) for result in answered.results
    ]


QUESTION = SystemProperty("q", "T9", Kind.INVARIANT, TRUE)


def part(answer: Answer, steps: int = 0, **more: object) -> Verdict:
    """A verdict on one instance."""
    trace = Trace((0,), (("a", (0,)),) * steps) if answer is Answer.VIOLATED else None
    return Verdict(QUESTION, answer, "e", trace=trace, **more)  # type: ignore[arg-type]  # fields by name


def test_all_of_violated() -> None:
    """One violated instance makes the property violated, with the shortest of the counterexamples."""
    joined = all_of([part(Answer.HOLDS), part(Answer.VIOLATED, 5), part(Answer.OPEN), part(Answer.VIOLATED, 3)])
    assert (Answer.VIOLATED, 3) == (joined.answer, len(joined.trace or ()))


def test_all_of_open() -> None:
    """One open instance makes the property open, with the smallest bound that all of them reached."""
    joined = all_of([part(Answer.OPEN, bound=8), part(Answer.HOLDS), part(Answer.OPEN, bound=5)])
    assert (Answer.OPEN, 5) == (joined.answer, joined.bound)


@pytest.mark.parametrize(("parts", "vacuous"), [((True, True), True), ((True, False), False), ((True, None), False)])
def test_all_of_holding(parts: tuple[bool | None, ...], *, vacuous: bool) -> None:
    """It holds when all instances do, and is vacuous only when all of them are known to be."""
    joined = all_of([part(Answer.HOLDS, vacuous=one) for one in parts])
    assert (Answer.HOLDS, vacuous) == (joined.answer, joined.vacuous)


def test_a_model_without_a_start_state_is_a_mistake(tmp_path: Path) -> None:
    """Where no state satisfies every start condition there is a complaint, not a matrix of empty truths."""
    path = tmp_path / "nowhere.py"
    path.write_text(
        "from tdispmodel.dsl import Actor, Component, action, initially, invariant\n\n\n"
        'class Room(Component):\n    """A room."""\n\n    lit: bool = False\n\n'
        "    @initially\n    def starts_lit(self) -> bool:\n        return self.lit\n\n"
        "    @action(by=Actor.HOST)\n    def switch(self) -> None:\n        self.lit = not self.lit\n\n\n"
        "@invariant\ndef is_dark(now: Room) -> bool:\n    return not now.lit\n"
    )
    reading = read(path)
    with pytest.raises(Rejected) as refused:
        check_model(reading.model, reading.model.properties, Plan())
    assert ["E629"] == [complaint.code for complaint in refused.value.complaints]
