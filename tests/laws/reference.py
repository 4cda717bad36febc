"""A slow, careful engine for small systems, made of the oracle: it answers every question with evidence.

It is there to judge the judge, and to be broken on purpose in tests/faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Fairness
from tdispmodel.ir.system import State, System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, ClosedStates, Trace, Verdict, Witness
from tests.laws.oracle import Oracle, Step, by_host


class Reference:
    """Answers by the oracle; traces by breadth-first search."""

    name = "reference"
    kinds = frozenset(Kind)
    exhaustive = True

    def oracle(self, system: System) -> Oracle:
        """Return what answers; a broken engine has a broken one."""
        return Oracle(system)

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        del limits, progress
        oracle = self.oracle(system)
        closed = ClosedStates(oracle.states)
        without_host = ClosedStates(tuple(state for level in oracle.unaided_levels() for state in level))
        for question in questions:
            holds = oracle.holds(question)
            witnessed = question.kind is Kind.MUST_BE_POSSIBLE
            trace = None if holds is not witnessed else evidence(oracle, question)
            yield Verdict(
                question,
                Answer.HOLDS if holds else Answer.VIOLATED,
                self.name,
                trace=None if holds else trace,
                shortest=not holds and question.kind in (Kind.INVARIANT, Kind.STEP),
                certificate=Witness(trace)
                if trace is not None and witnessed
                else without_host
                if witnessed
                else closed
                if holds
                else None,
                vacuous=oracle.vacuous(question),
                space=oracle.space,
            )


Path = list[tuple[str, State]]


def path(
    oracle: Oracle, sources: Sequence[State], ends: Callable[[State], bool], follows: Callable[[Step], bool]
) -> tuple[State, Path] | None:
    """Return a shortest path over steps of the wanted sort from one of ``sources`` to a state where ``ends`` is true."""
    came: dict[State, tuple[State, str] | None] = dict.fromkeys(sources)
    queue = list(came)
    for state in queue:
        if ends(state):
            steps: Path = []
            while (back := came[state]) is not None:
                steps.append((back[1], state))
                state = back[0]  # noqa: PLW2901  # the loop ends here
            return state, steps[::-1]
        for step in oracle.steps[state]:
            if step[2] not in came and follows(step):
                came[step[2]] = (state, step[1].name)
                queue.append(step[2])
    return None


def evidence(oracle: Oracle, question: SystemProperty) -> Trace:  # one case per kind
    """Return the violation of a violated property, the witness of a possible one."""
    formula = question.formula
    match question.kind:
        case Kind.INVARIANT:
            return _to_state(oracle, lambda state: not oracle.true_at(formula, state))
        case Kind.STEP:
            return _to_step(oracle, lambda step: not oracle.true_on(formula, step))
        case Kind.MUST_BE_POSSIBLE if speaks_of_step(formula):
            return _to_step(oracle, lambda step: oracle.true_on(formula, step), unaided)
        case Kind.MUST_BE_POSSIBLE:
            return _to_state(oracle, lambda state: oracle.true_at(formula, state), unaided)
        case Kind.STAYS_POSSIBLE:
            return _to_state(
                oracle, lambda state: oracle.true_at(question.after, state) and not oracle.can_reach(formula, state)
            )
        case Kind.LEADS_TO:
            waiting = frozenset(state for state in oracle.states if not oracle.true_at(formula, state))
            pending = {state for state in waiting if oracle.true_at(question.after, state)}
            region = oracle.closure(pending, waiting, quiet=False)
            fair = next(part for part in oracle.fair_parts(waiting) if part & region)
            stuck = {state for state in pending if oracle.closure({state}, waiting, quiet=False) & fair}
            before = _to_state(oracle, lambda state: state in stuck)
            there = path(oracle, [before.states[-1]], lambda state: state in fair, lambda step: step[2] in waiting)
            assert there is not None
            return _lasso(oracle, Trace(before.initial, (*before.steps, *there[1])), fair, lambda _: False)
        case Kind.NEVER_ENDLESS:
            fair = next(part for part in oracle.fair_parts(frozenset(oracle.states), formula) if part)
            before = _to_state(oracle, lambda state: state in fair)
            return _lasso(oracle, before, fair, lambda step: oracle.true_on(formula, step))


def anybody(_: Step) -> bool:
    """Any step will do."""
    return True


def unaided(step: Step) -> bool:
    """Any step but the host's."""
    return not by_host(step)


def _to_state(oracle: Oracle, wanted: Callable[[State], bool], follows: Callable[[Step], bool] = anybody) -> Trace:
    found = path(oracle, oracle.starts, wanted, follows)
    assert found is not None
    return Trace(found[0], tuple(found[1]))


def _to_step(oracle: Oracle, wanted: Callable[[Step], bool], follows: Callable[[Step], bool] = anybody) -> Trace:
    def ending(step: Step) -> bool:
        return wanted(step) and follows(step)

    before = _to_state(oracle, lambda state: any(map(ending, oracle.steps[state])), follows)
    _, action, after = next(filter(ending, oracle.steps[before.states[-1]]))
    return Trace(before.initial, (*before.steps, (action.name, after)))


def _lasso(oracle: Oracle, before: Trace, fair: frozenset[State], recurring: Callable[[Step], bool]) -> Trace:
    """Extend ``before``, which ends in ``fair``, to a fair loop that takes a recurring step if there is one.

    ``fair`` is one of the oracle's fair parts, so a strongly fair action that is enabled there is taken there.
    """

    def quiet(step: Step) -> bool:
        return not step[1].disturbs and step[2] in fair

    # go on until what is reachable also leads back: a bottom component of the fair states
    home = before.states[-1]
    while True:
        region = oracle.closure({home}, fair, quiet=True)
        worse = next((state for state in region if home not in oracle.closure({state}, fair, quiet=True)), None)
        if worse is None:
            break
        home = worse
    there = path(oracle, [before.states[-1]], lambda state: state == home, quiet)
    assert there is not None
    steps: Path = [*before.steps, *there[1]]
    start, here = len(steps), home

    def walk(ends: Callable[[State], bool]) -> None:
        nonlocal here
        found = path(oracle, [here], ends, quiet)
        assert found is not None
        steps.extend(found[1])
        here = steps[-1][1] if steps else before.initial

    def walk_over(wanted: Callable[[Step], bool]) -> None:
        nonlocal here
        walk(lambda state: any(quiet(step) and wanted(step) for step in oracle.steps[state]))
        _, action, here = next(step for step in oracle.steps[here] if quiet(step) and wanted(step))
        steps.append((action.name, here))

    if any(quiet(step) and recurring(step) for state in region for step in oracle.steps[state]):
        walk_over(recurring)
    for fair_action in (action for action in oracle.system.actions if action.fair):
        idle = {state for state in region if fair_action.name not in oracle.enabled(state)}
        if idle == region and fair_action.fairness is Fairness.STRONG:
            continue
        if idle and fair_action.fairness is Fairness.WEAK:
            walk(lambda state, idle=idle: state in idle)  # type: ignore[misc]  # the default binds the loop variable
        else:
            walk_over(lambda step, name=fair_action.name: step[1].name == name)  # type: ignore[misc]  # as above
    walk(lambda state: state == home)
    return Trace(before.initial, tuple(steps), start)
