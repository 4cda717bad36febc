"""The reference answer by trying everything with the reference semantics, and checks of traces and certificates.

A step that would leave a range counts as impossible, as solver engines have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty, speaks_of_step
from tdispmodel.semantics.meaning import LeavesRange, Semantics
from tdispmodel.verdict import Answer, InductiveInvariant, KInduction, Trace, Verdict, Witness

MOST_PATHS = 20_000
"""So many paths are tried for a k-induction; there may be more of them than anybody can wait for."""


class BruteForce:
    """All reachable states of a small system with their distance, and what they say about questions."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.semantics = Semantics(system)
        self._known: dict[State, list[tuple[str, State]]] = {}
        self.distance = self._distances(possible=False)
        self.unaided = self._distances(possible=True)

    def _distances(self, *, possible: bool) -> dict[State, int]:
        """Return how far each state is from the start, without the host for what must be ``possible``."""
        distance = dict.fromkeys(self.semantics.initial_states(), 0)
        queue = list(distance)
        for state in queue:
            for name, after in self.steps(state):
                if after not in distance and not (possible and self._is_host(name)):
                    distance[after] = distance[state] + 1
                    queue.append(after)
        return distance

    def _is_host(self, name: str) -> bool:
        return self.system.by_name[name].actor is Actor.HOST

    def steps(self, state: State) -> list[tuple[str, State]]:
        """Return each step out of a state that stays in its ranges."""
        if state not in self._known:
            self._known[state] = list(self._steps_from(state))
        return self._known[state]

    def _steps_from(self, state: State) -> Iterator[tuple[str, State]]:
        for action in self.semantics.enabled(state):
            try:
                yield action.name, self.semantics.step(state, action)
            except LeavesRange:
                continue

    def everywhere(self) -> Iterator[State]:
        """Yield every combination of values, reachable or not."""
        yield from product(*(variable.sort.values for variable in self.system.variables))

    def shortest(self, question: SystemProperty) -> int | None:
        """Return the length of a shortest violation (for must-be-possible: witness), None when there is none."""
        possible = question.kind is Kind.MUST_BE_POSSIBLE
        distances = self.unaided if possible else self.distance
        lengths = [
            length for state, length in distances.items() if not self._steps(question) and self._met(question, state)
        ]
        if self._steps(question):
            lengths = [
                length + 1
                for state, length in distances.items()
                for name, after in self.steps(state)
                if not (possible and self._is_host(name)) and self._met(question, state, after, name)
            ]
        return min(lengths, default=None)

    @staticmethod
    def _steps(question: SystemProperty) -> bool:
        return question.kind is Kind.STEP or speaks_of_step(question.formula)

    def _met(self, question: SystemProperty, state: State, after: State | None = None, name: str = "") -> bool:
        wanted = question.kind is Kind.MUST_BE_POSSIBLE
        return self.semantics.holds(question.formula, state, after, name) is wanted

    def objections(self, verdict: Verdict) -> list[str]:  # one return per kind of evidence
        """Return what is wrong with a verdict: contradiction, trace that does not replay, certificate that fails."""
        question, shortest = verdict.property, self.shortest(verdict.property)
        possible = question.kind is Kind.MUST_BE_POSSIBLE
        right = Answer.HOLDS if (shortest is None) is not possible else Answer.VIOLATED
        if verdict.answer is Answer.OPEN:
            too_far = verdict.bound is not None and shortest is not None and shortest <= verdict.bound
            return [f"bound {verdict.bound}, found at {shortest}"] * too_far + ["no reason"] * (not verdict.reason)
        if verdict.answer is not right:
            return [f"{verdict.answer.value} is wrong"]
        if verdict.answer is Answer.VIOLATED and not possible:
            return self._trace_objections(verdict, verdict.trace, shortest)
        match verdict.certificate:
            case Witness(trace):
                return self._trace_objections(verdict, trace, shortest)
            case InductiveInvariant():
                return self._invariant_objections(question, verdict.certificate)
            case KInduction():
                return self._induction_objections(question, verdict.certificate)
            case _:
                return ["no certificate"]

    def _trace_objections(self, verdict: Verdict, trace: Trace | None, shortest: int | None) -> list[str]:
        if trace is None:
            return ["no trace"]
        found = [] if self.distance.get(trace.initial) == 0 else ["begins nowhere"]
        for before, (name, after) in zip(trace.states, trace.steps, strict=False):
            found += [] if (name, after) in self.steps(before) else [f"no step {name}"]
            if verdict.property.kind is Kind.MUST_BE_POSSIBLE and self._is_host(name):
                found.append(f"{name} is the host's")
        last = (trace.states[-1], None, "")
        if self._steps(verdict.property):
            if not trace.steps:
                return [*found, "ends with no step"]
            last = (trace.states[-2], trace.states[-1], trace.steps[-1][0])
        found += [] if self._met(verdict.property, *last) else ["ends well"]
        return found + ([] if not verdict.shortest or len(trace) == shortest else [f"{len(trace)}, not {shortest}"])

    def _closed_objections(self, held: set[State], *, possible: bool = False) -> list[str]:
        found = [
            f"start {state} left out" for state, length in self.distance.items() if not length and state not in held
        ]
        return found + [
            f"{name} leaves it from {state}"
            for state in held
            for name, after in self.steps(state)
            if after not in held and not (possible and self._is_host(name))
        ]

    def _invariant_objections(self, question: SystemProperty, certificate: InductiveInvariant) -> list[str]:
        held = {state for state in self.everywhere() if self.semantics.holds(certificate.invariant, state)}
        wrong = question.kind is Kind.MUST_BE_POSSIBLE
        found = self._closed_objections(held, possible=wrong)
        for state in held:
            if not self._steps(question):
                found += [f"allows {state}"] * (self.semantics.holds(question.formula, state) is wrong)
                continue
            found += [
                f"allows {name} from {state}"
                for name, after in self.steps(state)
                if self.semantics.holds(question.formula, state, after, name) is wrong
                and not (wrong and self._is_host(name))
            ]
        return found

    def _induction_objections(self, question: SystemProperty, certificate: KInduction) -> list[str]:
        held = {state for state in self.everywhere() if self.semantics.holds(certificate.lemma, state)}
        found = self._closed_objections(held)
        good = {state for state in held if self.semantics.holds(question.formula, state)}
        found += [
            f"violated after {length} steps"
            for state, length in self.distance.items()
            if length < certificate.length and state not in good
        ]
        waiting = [(state,) for state in good]
        for _ in range(MOST_PATHS):
            if not waiting:
                break
            path = waiting.pop()
            for _, after in self.steps(path[-1]):
                if certificate.simple_path and after in path:
                    continue
                if len(path) == certificate.length:
                    found += [f"{path} ends badly"] * (after in held and after not in good)
                elif after in good:
                    waiting.append((*path, after))
        return found
