"""What the judge of families writes, put to a solver about one state of one instance of so many devices.

The judge's text speaks of sorts of which nothing is known.  Here they get as many elements as the instance has devices,
and the relations the values of a state; then the text must say what the reference semantics says of that state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import State, SystemAction
from tdispmodel.judging.parametric.obligations import Obligation, Script
from tdispmodel.judging.parametric.places import Instance, collections, places, quoted, sort_of, symbol, values_of
from tdispmodel.judging.parametric.steps import Taken
from tdispmodel.semantics import LeavesRange, Scope, Semantics
from tdispmodel.semantics.grounding import Grounding, instances
from tdispmodel.verdict import QuantifiedClause


class Comparison:
    """A model without constants, with so many devices, beside what the judge writes about it and some clauses."""

    def __init__(self, model: Model, devices: int, clauses: Sequence[QuantifiedClause]) -> None:
        self.model = model
        self.devices = devices
        self.grounding = Grounding(model, Scope(devices))
        self.system = self.grounding.system()
        self.semantics = Semantics(self.system)
        self.script = Script(model, (), clauses)
        self.context = z3.Context()
        self.asked("\n".join([self.script.head(), *self._elements()]))

    def asked(self, text: str) -> str:
        """What z3 says to a text."""
        return str(z3.Z3_eval_smtlib2_string(self.context.ref(), text)).strip()

    def possible(self, lines: Sequence[str]) -> bool:
        """Whether lines can be true."""
        return {"sat": True, "unsat": False}[self.asked("\n".join(["(push 1)", *lines, "(check-sat)", "(pop 1)"]))]

    def _elements(self) -> Iterator[str]:
        for name in collections(self.model):
            every = [quoted(str(number), name) for number in range(self.devices)]
            yield from (f"(declare-const {one} {sort_of(name)})" for one in every)
            if len(every) > 1:
                yield f"(assert (distinct {' '.join(every)}))"
            equal = " ".join(f"(= ?z {one})" for one in every)
            yield f"(assert (forall ((?z {sort_of(name)})) (or false {equal})))"

    def facts(self, state: State, taken: Taken | None = None) -> list[str]:
        """The values of a state as facts; those after a step if one is given."""
        values = dict(zip(self.system.index, state, strict=True))
        found = []
        for place in places(self.model):
            for number in range(self.devices) if place.collection else (0,):
                element = f"{place.collection}[{number}]" if place.collection else ""
                for variable in place.component.variables:
                    full = ".".join(part for part in (element, place.path, variable.name) if part)
                    key = (place.collection, place.path, variable.name)
                    after = taken is not None and key in taken.step.changed
                    for value in values_of(variable.sort):
                        name = symbol(*key, value, after=after)
                        atom = f"({name} {quoted(str(number), place.collection)})" if place.collection else name
                        true = values[full] is True if value is None else values[full] == value
                        found.append(atom if true else f"(not {atom})")
        return found

    # --- comparisons --------------------------------------------------------------------------------------------------

    def differences(self, state: State, properties: Sequence[Property]) -> list[str]:
        """Where text and semantics differ about a state, the steps from it and what is true of them."""
        here = _asserted(self.facts(state))
        wrong = []
        is_start = state in set(self.semantics.initial_states())
        if self.possible([*here, *self.script.beginning().lines]) is not is_start:
            wrong.append("whether it is a start state")
        for wanted in properties:
            questions = self.grounding.questions(wanted)
            if wanted.kind.value == "invariant":
                broken = any(not self.semantics.holds(one.formula, state) for one in questions)
                wrong += self._told(wanted.name, here, self.script.implied([wanted]), broken)
        for taken in self.script.steps:
            for name, equal in self.firings(taken):
                wrong += self._step(taken, name, [*here, *taken.declared, *equal], state, properties)
        return wrong

    def _step(
        self, taken: Taken, name: str, here: list[str], state: State, properties: Sequence[Property]
    ) -> Iterator[str]:
        """Where text and semantics differ about one action instance."""
        guard = f"(assert {taken.guard.text})"
        lines = [*here, *taken.begun.lines, guard]
        action: SystemAction | None = self.system.by_name.get(name)
        enabled = action is not None and action in self.semantics.enabled(state)
        if self.possible(lines) is not enabled:
            yield f"{name}: whether it is enabled"
        if action is None or not enabled:
            return
        try:
            after = self.semantics.step(state, action)
        except LeavesRange:
            if self.possible([*lines, f"(assert {taken.inside.text})"]):
                yield f"{name}: that it leaves a range"
            return
        if not self.possible([*lines, f"(assert {taken.inside.text})"]):
            yield f"{name}: that it stays in range"
        if self.possible([*lines, f"(assert (not (and true {' '.join(self.facts(after, taken))})))"]):
            yield f"{name}: where it leads"
        for wanted in properties:
            if wanted.kind.value == "step":
                questions = self.grounding.questions(wanted)
                broken = any(not self.semantics.holds(one.formula, state, after, name) for one in questions)
                told = [one for one in self.script.implied([wanted]) if set(taken.declared) <= set(one.lines)]
                mine = [one for one in told if f"a step of {taken.step.action.name} " in one.what]
                equal = [line for line in here if line not in taken.declared]
                yield from self._told(f"{wanted.name} on {name}", equal, iter(mine), broken)

    def _told(self, what: str, here: list[str], obligations: Iterator[Obligation], broken: bool) -> list[str]:
        """Whether what an obligation excludes is so exactly where the property is broken."""
        declared = [line for line in here if not line.startswith("(assert (= |this")]
        equal = [line for line in here if line.startswith("(assert (= |this")]
        said = any(self.possible([*declared, *one.lines, *equal]) for one in obligations)
        return [] if said is broken else [f"{what}: whether it is violated"]

    def firings(self, taken: Taken) -> Iterator[tuple[str, list[str]]]:
        """The action instances that a step may be, each with what its instances then are."""
        full = {one.name: one for one in instances(self.model, self.devices)}
        for name, action, _, concerned in self.grounding.taken:
            if action is not taken.step.action or len(concerned) != len(taken.step.concerned):
                continue
            pairs = list(zip(taken.step.concerned, concerned, strict=True))
            if all(_stands(one, other) for one, other in pairs) and all(other in full for other in concerned):
                yield name, [_equal(one, other) for one, other in pairs if one.collection]


def _stands(one: Instance, name: str) -> bool:
    """Whether an instance stands where a full name says."""
    head, _, rest = name.partition("]")
    collection = head.partition("[")[0] if rest or "[" in head else ""
    path = rest.removeprefix(".") if collection else name
    return (one.collection, one.path) == (collection, path)


def _equal(one: Instance, name: str) -> str:
    collection, _, rest = name.partition("[")
    return f"(assert (= {one.term} {quoted(rest.partition(chr(93))[0], collection)}))"


def _asserted(facts: Sequence[str]) -> list[str]:
    return [f"(assert {fact})" for fact in facts]


__all__ = ["Comparison", "Value"]
