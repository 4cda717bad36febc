"""Several engines asked the same: who is asked what, how answers are joined, what becomes of integers out of range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tdispmodel.engines import paranoid, portfolio, ranges, registry, vacuity
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Actor,
    Arithmetic,
    AtMost,
    Bounded,
    Expression,
    Fairness,
    Read,
    number,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.source import Complaint, Place, Rejected
from tdispmodel.verdict import Answer, Contradiction, OutOfRange, Trace, Verdict, Witness

COUNTER = Bounded(0, 2)
N = Read("n", COUNTER)


def counting(guard: Expression) -> System:
    """One integer 0..2 that counts up from 0 whenever ``guard`` allows it."""
    template = Action("up", "Counter", Actor.KERNEL, fairness=Fairness.WEAK)
    up = SystemAction(
        "up",
        Actor.KERNEL,
        fairness=Fairness.WEAK,
        disturbs=False,
        adversarial=False,
        guards=(guard,),
        assignments=(Assignment("n", Arithmetic("+", N, number(1))),),
        template=template,
    )
    return System("counter", (SystemVariable("n", COUNTER, (0,)),), (up,))


SAFE = counting(AtMost(N, number(1)))
"""Counts 0, 1, 2 and stops: its range is kept, which intervals alone do not show."""
UNSAFE = counting(TRUE)
"""Counts on from 2, out of its range, after two steps."""

SMALL = SystemProperty("small", "T1", Kind.INVARIANT, AtMost(N, number(2)))
SMALLER = SystemProperty("smaller", "T2", Kind.INVARIANT, AtMost(N, number(1)))
ENDS = SystemProperty("ends", "T3", Kind.LEADS_TO, AtMost(number(2), N))
TRACE = Trace((0,), (("up", (1,)), ("up", (2,))))


class Fake:
    """An engine that answers what it is told to, and remembers what it was asked."""

    def __init__(self, name: str, answers: dict[str, Verdict], kinds: frozenset[Kind] = frozenset(Kind)) -> None:
        self.name = name
        self.answers = answers
        self.kinds = kinds
        self.exhaustive = name == "explicit"
        self.asked: list[str] = []
        self.limits: list[Limits] = []

    def answer(
        self, _: System, questions: Sequence[SystemProperty], limits: Limits, __: Progress = silent
    ) -> Iterator[Verdict]:
        self.limits.append(limits)
        for question in questions:
            self.asked.append(question.name)
            if question.name in self.answers:
                yield self.answers[question.name]


def verdict(question: SystemProperty, answer: Answer, engine: str = "fake", **more: object) -> Verdict:
    """A verdict, with a counterexample if it needs one."""
    if answer is Answer.VIOLATED:
        more.setdefault("trace", TRACE)
    return Verdict(question, answer, engine, **more)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    """The engines that there are, for the time of a test."""
    known: dict[str, Fake] = {}
    monkeypatch.setattr(portfolio, "engine_called", known.__getitem__)
    for module in (paranoid, portfolio, ranges, vacuity):
        monkeypatch.setattr(module, "available", lambda names: [known[name] for name in names if name in known])
    return known


def test_only_what_is_open_goes_on(engines: dict[str, Fake]) -> None:
    """A decided question is not asked again, an open one is, and an engine's kinds are respected."""
    engines["explicit"] = Fake(
        "explicit",
        {
            "small": verdict(SMALL, Answer.HOLDS),
            "smaller": verdict(SMALLER, Answer.OPEN),
            "ends": verdict(ENDS, Answer.OPEN),
        },
    )
    engines["induction"] = Fake(
        "induction", {"smaller": verdict(SMALLER, Answer.VIOLATED)}, frozenset({Kind.INVARIANT})
    )
    engines["integers"] = Fake("integers", {})
    engine = portfolio.Portfolio(("explicit", "induction"))
    engines["induction"].answers["integers_stay_in_range"] = Verdict(SMALL, Answer.HOLDS, "induction")
    found = {known.property.name: known.answer for known in engine.answer(SAFE, [SMALL, SMALLER, ENDS], Limits())}
    assert {"small": Answer.HOLDS, "smaller": Answer.VIOLATED, "ends": Answer.OPEN} == found
    assert ["integers_stay_in_range", "smaller"] == engines["induction"].asked


def test_time_is_shared(engines: dict[str, Fake]) -> None:
    """The first of two engines gets half of the time, the last all that is left."""
    engines["explicit"] = Fake("explicit", {})
    engines["other"] = Fake("other", {})
    engines["other"].exhaustive = True
    list(portfolio.Portfolio(("explicit", "other")).answer(SAFE, [SMALL], Limits(seconds=100.0)))
    shares = [engines[name].limits[0].seconds or 0.0 for name in ("explicit", "other")]
    assert [50, 100] == [round(share) for share in shares]


def test_no_time_left(engines: dict[str, Fake]) -> None:
    """Without any time nobody is asked and every question is open, with a reason."""
    engines["explicit"] = Fake("explicit", {"small": verdict(SMALL, Answer.HOLDS)})
    (found,) = portfolio.Portfolio(("explicit",)).answer(SAFE, [SMALL], Limits(seconds=0.0))
    assert Answer.OPEN is found.answer
    assert "time" in found.reason


def test_forgotten_question(engines: dict[str, Fake]) -> None:
    """An engine that yields no verdict on a question leaves it open."""
    engines["explicit"] = Fake("explicit", {})
    (found,) = portfolio.Several(["explicit"]).answer(SAFE, [SMALL], Limits())
    assert (Answer.OPEN, "the engine gave no answer") == (found.answer, found.reason)


def test_contradiction_goes_up(engines: dict[str, Fake]) -> None:
    """Two named engines that contradict each other are no verdict but a contradiction."""
    engines["explicit"] = Fake("explicit", {"small": verdict(SMALL, Answer.HOLDS, "explicit")})
    engines["graph"] = Fake("graph", {"small": verdict(SMALL, Answer.VIOLATED, "graph")})
    engines["graph"].exhaustive = True
    with pytest.raises(Contradiction, match="explicit says holds, graph says violated"):
        list(portfolio.Several(["explicit", "graph"]).answer(SAFE, [SMALL], Limits()))


def test_shortest_counterexample_is_kept(engines: dict[str, Fake]) -> None:
    """Of two engines' counterexamples the shorter one is kept."""
    longer = Trace((0,), (*TRACE.steps, ("up", (2,))))
    engines["explicit"] = Fake("explicit", {"small": verdict(SMALL, Answer.VIOLATED)})
    engines["graph"] = Fake("graph", {"small": verdict(SMALL, Answer.VIOLATED, trace=longer)})
    engines["graph"].exhaustive = True
    (found,) = portfolio.Several(["graph", "explicit"]).answer(SAFE, [SMALL], Limits())
    assert TRACE == found.trace


def test_step_out_of_range_is_an_error(engines: dict[str, Fake]) -> None:
    """When a solver shows a way out of range, the error names the step, the variable and the value."""
    question = SystemProperty("integers_stay_in_range", "", Kind.INVARIANT, UNSAFE.stays_in_range)
    engines["bmc"] = Fake("bmc", {"integers_stay_in_range": verdict(question, Answer.VIOLATED)})
    with pytest.raises(OutOfRange) as left:
        list(portfolio.Several(["bmc"]).answer(UNSAFE, [SMALL], Limits()))
    assert ("up", "n", 3, TRACE) == (left.value.action, left.value.variable, left.value.value, left.value.trace)


def test_doubt_about_ranges_weakens(engines: dict[str, Fake]) -> None:
    """While it is not known whether integers stay in range, a proof is open and a finite counterexample stays."""
    for name in ("bmc", "induction", "pdr"):
        engines[name] = Fake(
            name, {"small": verdict(SMALL, Answer.HOLDS), "smaller": verdict(SMALLER, Answer.VIOLATED)}
        )
    found = {
        known.property.name: known for known in portfolio.Several(["bmc"]).answer(SAFE, [SMALL, SMALLER], Limits())
    }
    assert (Answer.OPEN, Answer.VIOLATED) == (found["small"].answer, found["smaller"].answer)
    assert "range" in found["small"].reason


def test_doubt_and_behaviours() -> None:
    """A lasso found in doubt is given up, the witness of what must be possible is kept."""
    lasso = verdict(ENDS, Answer.VIOLATED, trace=Trace((0,), (), 0))
    possible = SystemProperty("possible", "T4", Kind.MUST_BE_POSSIBLE, TRUE)
    witness = verdict(possible, Answer.HOLDS, certificate=Witness(TRACE))
    weakened = [ranges.weakened(known, "doubt").answer for known in (lasso, witness)]
    assert [Answer.OPEN, Answer.HOLDS] == weakened


@pytest.mark.parametrize(("answer", "vacuous"), [(Answer.HOLDS, True), (Answer.VIOLATED, False), (Answer.OPEN, None)])
def test_vacuity_is_asked(engines: dict[str, Fake], answer: Answer, vacuous: bool | None) -> None:
    """A premise that provably never comes true makes a property vacuous; what is open stays unknown."""
    never = SystemProperty("premise", "", Kind.INVARIANT, TRUE)
    for name in ("bmc", "induction", "pdr"):
        engines[name] = Fake(name, {"premise": verdict(never, answer)})
    assert vacuous is vacuity.is_vacuous(SAFE, AtMost(number(2), N), Limits())


def test_vacuity_of_constants() -> None:
    """A premise that is never true makes a property vacuous without asking anybody, one that always is does not."""
    assert [True, False] == [vacuity.is_vacuous(SAFE, premise, Limits()) for premise in (FALSE, TRUE)]


def test_chosen() -> None:
    """No name and ``auto`` mean the portfolio, names mean these engines, ``auto`` among names adds its engines."""
    assert isinstance(portfolio.chosen([]), portfolio.Portfolio)
    assert isinstance(portfolio.chosen(["auto"]), portfolio.Portfolio)
    assert "explicit" == portfolio.chosen(["explicit", "explicit"]).name
    with pytest.raises(KeyError):
        portfolio.chosen(["no_such_engine"])


def test_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine of the portfolio whose package is missing is left out, and others go on."""
    monkeypatch.setitem(registry.ENGINES, "absent", ("no_such_package_at_all:Engine", "needs something"))
    assert ["explicit"] == [engine.name for engine in registry.available(["absent", "explicit"])]


def test_too_much_for_an_engine(engines: dict[str, Fake]) -> None:
    """What an engine refuses as too much is open with its reason, and the next engine is asked."""

    class Refusing(Fake):
        def answer(self, *_: object) -> Iterator[Verdict]:
            raise Rejected([Complaint("E601", "too many start values", Place("model"))])

    engines["explicit"] = Refusing("explicit", {})
    engines["graph"] = Fake("graph", {"small": verdict(SMALL, Answer.HOLDS)})
    engines["graph"].exhaustive = True
    (alone,) = portfolio.Portfolio(("explicit",)).answer(SAFE, [SMALL], Limits())
    (helped,) = portfolio.Portfolio(("explicit", "graph")).answer(SAFE, [SMALL], Limits())
    assert (alone.answer, alone.reason) == (Answer.OPEN, "too many start values")
    assert helped.answer is Answer.HOLDS


def test_no_memory_for_an_engine(engines: dict[str, Fake]) -> None:
    """Where the machine has no memory left for one engine what it said before counts, and the next one is asked."""

    class Starved(Fake):
        def answer(self, *asked: object) -> Iterator[Verdict]:
            yield from super().answer(*asked)  # type: ignore[arg-type]  # what was asked, passed on
            raise MemoryError

    engines["explicit"] = Starved("explicit", {"small": verdict(SMALL, Answer.HOLDS)})
    engines["graph"] = Fake("graph", {"smaller": verdict(SMALLER, Answer.VIOLATED)})
    engines["graph"].exhaustive = True
    alone = portfolio.Portfolio(("explicit",)).answer(SAFE, [SMALL, SMALLER], Limits())
    assert [(one.answer, one.reason) for one in alone] == [
        (Answer.HOLDS, ""),
        (Answer.OPEN, "the machine has no memory left"),
    ]
    helped = portfolio.Portfolio(("explicit", "graph")).answer(SAFE, [SMALL, SMALLER], Limits())
    assert [Answer.HOLDS, Answer.VIOLATED] == [one.answer for one in helped]
