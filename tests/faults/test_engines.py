"""Engines that were broken on purpose: the laws over random systems, with the oracle and the judge, notice each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from tdispmodel.engines.protocol import Engine, Limits, Progress, silent
from tdispmodel.engines.registry import engine
from tdispmodel.ir.expressions import TRUE, Actor, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, InductiveInvariant, KInduction, Verdict
from tests.faults import mishearing as heard
from tests.faults.corners import CORNERS
from tests.faults.detectors import complaint_among, noticed
from tests.faults.mishearing import Misheard, each_action, everywhere, in_formula
from tests.laws.test_engines_agree import EXISTING

STRONG = Fairness.STRONG
EXHAUSTIVE = {
    "ignores an action": lambda made: Misheard(made, heard.without_last_action),
    "forgets start values": lambda made: Misheard(made, heard.first_start_value),
    "ignores the start condition": lambda made: Misheard(made, heard.any_start),
    "ignores all guards but the first": lambda made: Misheard(made, each_action(heard.first_guard_only)),
    "ignores all assignments but the first": lambda made: Misheard(made, each_action(heard.first_assignment_only)),
    "assigns one after the other": lambda made: Misheard(made, each_action(heard.one_after_the_other)),
    "treats unfair actions as fair": lambda made: Misheard(
        made, each_action(lambda one: replace(one, fairness=Fairness.WEAK))
    ),
    "treats fair actions as unfair": lambda made: Misheard(
        made, each_action(lambda one: replace(one, fairness=Fairness.NONE))
    ),
    "takes strong fairness for weak": lambda made: Misheard(made, each_action(heard.promised(STRONG, Fairness.WEAK))),
    "takes weak fairness for strong": lambda made: Misheard(made, each_action(heard.promised(Fairness.WEAK, STRONG))),
    "ignores strong fairness": lambda made: Misheard(made, each_action(heard.promised(STRONG, Fairness.NONE))),
    "takes disturbing moves in loops": lambda made: Misheard(
        made, each_action(lambda one: replace(one, disturbs=False))
    ),
    "relies on adversaries": lambda made: Misheard(made, each_action(lambda one: replace(one, adversarial=False))),
    "lets the host help": lambda made: Misheard(made, each_action(lambda one: replace(one, actor=Actor.KERNEL))),
    "reads at most as less": lambda made: Misheard(made, everywhere(heard.strictly)),
    "reads membership as its first value": lambda made: Misheard(made, everywhere(heard.first_value)),
    "ignores conditions of values": lambda made: Misheard(made, everywhere(heard.always_then)),
    "sees the state before a step twice": lambda made: Misheard(made, question=in_formula(heard.now_twice)),
    "never knows which action was taken": lambda made: Misheard(made, question=in_formula(heard.nothing_taken)),
    "ignores the premise": lambda made: Misheard(made, question=heard.without_premise),
    "asks whether the negated premise is reachable": lambda made: Misheard(made, question=heard.denied_antecedent),
    "overlooks bad deadlocks": lambda made: Misheard(made, question=heard.only_where_something_moves),
    "miscounts transitions": lambda made: Misheard(made, verdict=heard.without_self_loops),
    "claims vacuity": lambda made: Misheard(made, verdict=lambda one: replace(one, vacuous=True)),
    "gives no evidence": lambda made: Misheard(made, verdict=lambda one: replace(one, trace=None, certificate=None)),
}


FAIRNESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
KINDS = {
    "treats unfair actions as fair": FAIRNESS,
    "treats fair actions as unfair": FAIRNESS,
    "takes strong fairness for weak": FAIRNESS,
    "takes weak fairness for strong": FAIRNESS,
    "ignores strong fairness": FAIRNESS,
    "takes disturbing moves in loops": FAIRNESS,
    "relies on adversaries": (Kind.STAYS_POSSIBLE,),
    "lets the host help": (Kind.MUST_BE_POSSIBLE,),
    "ignores the premise": (Kind.LEADS_TO, Kind.STAYS_POSSIBLE),
}
"""On which questions a fault can show; without an entry on invariants, steps and what must be possible."""
FINITE = (Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE)


def sooner_or_later_noticed(broken: Engine, kinds: tuple[Kind, ...], like: str = "") -> str:
    """Return a complaint of the law about an engine: on systems made for what is rare, or else on random ones."""
    return complaint_among(broken, CORNERS, like) or noticed(broken, kinds, like)


@pytest.mark.parametrize("name", [name for name in EXISTING if name not in ("walk", "pdr")])
def test_without_a_fault_nothing_is_noticed(name: str) -> None:
    """About the engines as they are there is no complaint on the systems that were made for faults."""
    assert "" == complaint_among(engine(name), CORNERS)


@pytest.mark.parametrize("fault", EXHAUSTIVE)
def test_a_broken_explicit_engine_is_noticed(fault: str) -> None:
    """The law complains about the explicit engine when it is broken in this way."""
    assert sooner_or_later_noticed(EXHAUSTIVE[fault](engine("explicit")), KINDS.get(fault, FINITE))


SOLVERS = {
    "bmc": ("overlooks bad deadlocks", "forgets start values"),
    "induction": ("ignores an action", "ignores the start condition"),
}


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name, faults in SOLVERS.items() for fault in faults])
def test_a_broken_solver_engine_is_noticed(name: str, fault: str) -> None:
    """The law complains about an engine over the solver when it is broken in this way."""
    assert sooner_or_later_noticed(EXHAUSTIVE[fault](engine(name)), (Kind.INVARIANT, Kind.STEP))


Evidence = Callable[[SystemProperty], InductiveInvariant | KInduction]


class Claims:
    """Says of everything that it holds, with the certificate that ``evidence`` makes up."""

    name = "claims"
    kinds = frozenset(Kind)
    exhaustive = False

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Claim that everything holds."""
        del system, limits, progress
        for question in questions:
            yield Verdict(question, Answer.HOLDS, self.name, certificate=self.evidence(question))


UNPROVEN: dict[str, tuple[Evidence, str]] = {
    "no base case": (lambda _: KInduction(1, TRUE, simple_path=False), "the property is violated near the start"),
    "no induction step": (lambda _: KInduction(1, TRUE, simple_path=False), "does not follow from the steps before"),
    "no check of a lemma": (lambda question: KInduction(1, question.formula, simple_path=True), "does not keep"),
    "no check that an invariant is kept": (lambda question: InductiveInvariant(question.formula), "does not keep"),
    "no check that an invariant implies": (lambda _: InductiveInvariant(TRUE), "does not imply the property"),
}


@pytest.mark.parametrize("fault", UNPROVEN)
def test_claims_without_proof_are_refused_by_the_judge(fault: str) -> None:
    """The judge refuses what an engine claims without having made this part of the proof, for this reason."""
    evidence, reason = UNPROVEN[fault]
    assert reason in sooner_or_later_noticed(Claims(evidence), (Kind.INVARIANT,), reason)


@pytest.mark.parametrize("fault", list(UNPROVEN)[1:])
def test_a_right_answer_does_not_excuse_a_missing_proof(fault: str) -> None:
    """The judge refuses the proof even where the property holds."""
    evidence, _ = UNPROVEN[fault]
    assert sooner_or_later_noticed(RightByChance(Claims(evidence)), (Kind.INVARIANT,), "refused: ")


class RightByChance:
    """Passes on only those verdicts of an engine that the reference engine confirms, and says open else."""

    def __init__(self, made: Engine) -> None:
        self.made = made
        self.name, self.kinds, self.exhaustive = made.name, made.kinds, made.exhaustive

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield right answers with the evidence of the engine."""
        right = {one.property.name: one.answer for one in engine("explicit").answer(system, questions, limits)}
        for verdict in self.made.answer(system, questions, limits, progress):
            known = right[verdict.property.name] is verdict.answer
            yield verdict if known else replace(verdict, answer=Answer.OPEN, reason="unknown", certificate=None)
