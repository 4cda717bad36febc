"""Whether a certificate is a proof, by definitions written out: slow, on small models, with the reference semantics.

Given a folder and a certificate in it, `is_proof` says whether the evidence shows the claim: True or False, or None when
the documents make no sense, which is another matter.  Nothing here is shared with the stand-alone checker: the model is
read back into the intermediate representation, grounded by tdispmodel, and every state and step is looked at.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from tdispmodel.ir.expressions import Expression, Fairness, Value
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty
from tdispmodel.semantics import LeavesRange, Semantics, ground
from tdispmodel.semantics.grounding import Scope, ground_formula, ground_properties, instances
from tests.certifying.reading_back import SENSELESS, Reader

Steps = dict[State, list[tuple[SystemAction, State]]]


def is_proof(folder: Path, path: Path) -> bool | None:
    """Return whether a certificate proves its claim; None when it makes no sense."""
    certificate = json.loads(path.read_bytes())
    model = kept(folder, "models", certificate["model"])
    if model is None:
        return False
    try:
        claim = Claim(folder, certificate, model)
        return claim.shown()
    except SENSELESS:
        return None


def kept(folder: Path, kind: str, digest: str) -> Any:
    """Return a document that is named by its hash; None if there is none, or another one."""
    path = folder / kind / f"{digest}.json"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        return None
    return json.loads(path.read_bytes())


class Claim:
    """One certificate and its model, grounded."""

    def __init__(self, folder: Path, certificate: Any, document: Any) -> None:
        self.folder, self.certificate = folder, certificate
        reader = Reader.of(document, certificate)
        constants = {name: reader.value(value) for name, value in certificate["constants"].items()}
        self.model: Model = reader.model(document)
        self.property: Property = reader.property(certificate["property"], document)
        self.scope = Scope(certificate["instances"], constants, tuple(certificate["without"]))
        self.allowed = allowed(document, certificate)
        self.system: System = flagged(ground(self.model, self.scope))
        self.semantics = Semantics(self.system)
        self.reader, self.document = reader, document
        self.questions = ground_properties(self.model, self.property, self.scope)
        steps = certificate["property"]["steps"]
        kind = self.property.kind
        if steps is not (kind in (Kind.STEP, Kind.NEVER_ENDLESS)) and kind is not Kind.MUST_BE_POSSIBLE:
            message = "asked of steps, or of states"
            raise ValueError(message)
        self.on_steps: bool = steps
        self.names = [instance.name for instance in instances(self.model, self.scope.devices)]

    def shown(self) -> bool:
        """Whether the evidence is about the right instances and shows the claim for each of them."""
        if not self.allowed or self.certificate["verdict"] not in ("holds", "violated"):
            return False
        known = instances(self.model, self.scope.devices)
        kinds = (self.property.about, *(parameter.kind for parameter in self.property.parameters))
        about = list(product(*([one.name for one in known if kind in one.component.lineage] for kind in kinds)))
        shown: set[tuple[str, ...]] = set()
        for evidence in self.certificate["evidence"]:
            for chosen in map(tuple, evidence["about"]):
                if chosen not in about:
                    return False
                question = self.questions[about.index(chosen)]
                if not self.proves(question, evidence["kind"], evidence["proof"]):
                    return False
                shown.add(chosen)
        return bool(shown) and (self.certificate["verdict"] == "violated" or shown == set(about))

    def proves(self, question: SystemProperty, kind: str, proof: Any) -> bool:
        """Whether evidence proves the claim about some instances."""
        claim = f"{question.kind.value} {self.certificate['verdict']}"
        try:
            match kind, claim:
                case "states", "invariant holds" | "step holds" | "must_be_possible violated":
                    states = self.states(proof["states"])
                    return states is not None and self.closed(states) and self.excluded(question, states)
                case "invariant", "invariant holds" | "step holds" | "must_be_possible violated":
                    return self.inductive(question, proof["clauses"])
                case "distances", "stays_possible holds":
                    return self.nearer(question, proof)
                case "ranking", "leads_to holds" | "never_endless holds":
                    return self.ranked(question, proof)
                case "behaviour", "must_be_possible holds":
                    return self.finite(question, proof)
                case "behaviour", ("invariant violated" | "step violated"):
                    return self.finite(question, proof)
                case "behaviour", "leads_to violated" | "never_endless violated":
                    return self.endless(question, proof)
                case "behaviour", "stays_possible violated":
                    return self.lost(question, proof)
        except LeavesRange:
            return False
        return False

    # --- sets of states ---------------------------------------------------------------------------------------------

    def unpacked(self, number: int) -> State | None:
        """Return the state of a number."""
        found: list[Value] = []
        for variable in self.system.variables:
            values = variable.sort.values
            # the document's order of values is that of the numbers
            order = self.orders()[variable.name]
            found.append(order[number % len(values)])
            number //= len(values)
        return tuple(found) if number == 0 else None

    def orders(self) -> dict[str, list[Value]]:
        """Return the values of each variable in the order of the document."""
        components = {written["name"]: written for written in self.document["components"]}
        return {
            f"{one.name}.{variable['name']}" if one.name else variable["name"]: [
                self.reader.value(value) for value in variable["values"]
            ]
            for one in instances(self.model, self.scope.devices)
            for variable in components[one.component.name]["variables"]
        }

    def states(self, digest: str) -> list[State] | None:
        """Return the states of a set, None when there is no such set."""
        written = kept(self.folder, "states", digest)
        if written is None or written.keys() != {"schema", "states"} or written["schema"] != "tdispmodel/states/1":
            return None
        number, found = 0, []
        for position, more in enumerate(written["states"]):
            if position and more <= 0:
                return None
            number += more
            state = self.unpacked(number) if number >= 0 else None
            if state is None:
                return None
            found.append(state)
        return found or None

    def actions(self, question: SystemProperty) -> list[SystemAction]:
        """Return the actions of the behaviours that a question is about."""
        unaided = question.kind is Kind.MUST_BE_POSSIBLE
        return [action for action in self.system.actions if not (unaided and action.actor.value == "host")]

    def steps(self, state: State, actions: list[SystemAction]) -> list[tuple[SystemAction, State]]:
        """Return the steps of some actions from a state.  Raises `LeavesRange`."""
        names = {action.name for action in actions}
        return [
            (action, self.semantics.step(state, action))
            for action in self.semantics.enabled(state)
            if action.name in names
        ]

    def closed(self, states: list[State], starts: bool = True, actions: list[SystemAction] | None = None) -> bool:
        """Whether all start states are there, if wanted, and no step leads out."""
        inside = set(states)
        allowed = self.actions(self.questions[0]) if actions is None else actions
        if starts and not set(self.semantics.initial_states()) <= inside:
            return False
        return all(after in inside for state in states for _, after in self.steps(state, allowed))

    def excluded(self, question: SystemProperty, states: list[State]) -> bool:
        """Whether the property is true in all states (or what must be possible is true in none)."""
        wanted = question.kind is Kind.MUST_BE_POSSIBLE
        if self.on_steps:
            return not any(
                self.semantics.holds(question.formula, state, after, action.name) is wanted
                for state in states
                for action, after in self.steps(state, self.actions(question))
            )
        return not any(self.semantics.holds(question.formula, state) is wanted for state in states)

    # --- evidence ---------------------------------------------------------------------------------------------------

    def inductive(self, question: SystemProperty, clauses: list[Any]) -> bool:
        """Whether clauses are true at the start, kept, and enough: every state there can be is looked at."""
        formulas = [self.clause(written) for written in clauses]

        def inside(state: State) -> bool:
            return all(self.semantics.value(formula, state, state) is True for formula in formulas)

        if not all(map(inside, self.semantics.initial_states())):
            return False
        states = [
            state for state in product(*(variable.sort.values for variable in self.system.variables)) if inside(state)
        ]
        kept = all(inside(after) for state in states for _, after in self.steps(state, self.actions(question)))
        return kept and self.excluded(question, states)

    def clause(self, written: Any) -> Expression:
        """Return a clause as a ground formula."""
        template = self.reader.formula(written, {}, self.document)
        return ground_formula(self.model, template, {"": ""}, self.scope)

    def nearer(self, question: SystemProperty, proof: Any) -> bool:
        """Whether distances lead to the goal from every state with the premise."""
        states, distances = self.states(proof["states"]), proof["distances"]
        if states is None or len(distances) != len(states) or not self.closed(states):
            return False
        at = dict(zip(states, distances, strict=True))
        reliable = [action for action in self.actions(question) if not action.adversarial]
        for state, distance in at.items():
            goal = self.semantics.holds(question.formula, state)
            if distance < 0:
                if self.semantics.holds(question.after, state):
                    return False
            elif not goal and not any(0 <= at[after] < distance for _, after in self.steps(state, reliable)):
                return False
        return True

    def ranked(self, question: SystemProperty, proof: Any) -> bool:
        """Whether ranks and helpful actions show that every fair calm behaviour leaves, or marked steps end."""
        states, waits = self.states(proof["states"]), question.kind is Kind.LEADS_TO
        ranks, helpful = proof["ranks"], proof["helpful"]
        if states is None or not len(states) == len(ranks) == len(helpful) or not self.closed(states):
            return False
        known = {key(action): action for action in self.system.actions}
        chosen = [known.get(tuple(written)) for written in proof["actions"]]
        rank = dict(zip(states, ranks, strict=True))
        number = dict(zip(states, helpful, strict=True))
        for state in states:
            met = waits and self.semantics.holds(question.formula, state)
            if met or (waits and rank[state] < 0 and not self.semantics.holds(question.after, state)):
                continue
            if rank[state] < 0:
                return False
            steps = self.steps(state, list(self.system.actions))
            mine = None
            if number[state] >= 0:
                if number[state] >= len(chosen) or (mine := chosen[number[state]]) is None:
                    return False
                if not mine.fair or mine.name not in {action.name for action, _ in steps}:
                    return False
            elif waits:
                return False
            for action, after in steps:
                if waits and self.semantics.holds(question.formula, after):
                    continue
                if rank[after] < 0:
                    return False
                if action.disturbs or rank[after] < rank[state]:
                    continue
                marked = not waits and self.semantics.holds(question.formula, state, after, action.name)
                if rank[after] > rank[state] or number[after] != number[state]:
                    return False
                if mine is not None and action.name == mine.name:
                    return False
                if mine is None and marked:
                    return False
        return True

    # --- behaviours -------------------------------------------------------------------------------------------------

    def run(self, proof: Any) -> tuple[list[State], list[SystemAction]] | None:
        """Return the states and actions of a behaviour; None when it is none."""
        initial = proof["initial"]
        if initial.keys() != self.system.sorts.keys():
            return None
        state = tuple(self.reader.value(initial[variable.name]) for variable in self.system.variables)
        if state not in set(self.semantics.initial_states()):
            return None
        known = {key(action): action for action in self.system.actions}
        states, taken = [state], []
        for written in proof["steps"]:
            action = known.get(tuple(written))
            if action is None or action not in self.semantics.enabled(states[-1]):
                return None
            states.append(self.semantics.step(states[-1], action))
            taken.append(action)
        return states, taken

    def finite(self, question: SystemProperty, proof: Any) -> bool:
        """Whether a behaviour breaks the rule in the end, or meets the goal without the host."""
        found = self.run(proof)
        if found is None:
            return False
        states, taken = found
        wanted = question.kind is Kind.MUST_BE_POSSIBLE
        if wanted and any(action.actor.value == "host" for action in taken):
            return False
        if self.on_steps:
            return bool(taken) and (
                self.semantics.holds(question.formula, states[-2], states[-1], taken[-1].name) is wanted
            )
        return self.semantics.holds(question.formula, states[-1]) is wanted

    def endless(self, question: SystemProperty, proof: Any) -> bool:
        """Whether a behaviour ends in a fair, calm loop and breaks the rule for ever."""
        found, loop = self.run(proof), proof["loop"]
        if found is None or type(loop) is not int or not 0 <= loop < len(found[0]):
            return False
        states, taken = found
        if states[loop] != states[-1] or any(action.disturbs for action in taken[loop:]):
            return False
        for action in self.system.actions:
            enabled = [action in self.semantics.enabled(state) for state in states[loop:]]
            owed = {Fairness.NONE: False, Fairness.WEAK: all(enabled), Fairness.STRONG: any(enabled)}
            if owed[action.fairness] and action not in taken[loop:]:
                return False
        if question.kind is Kind.NEVER_ENDLESS:
            return any(
                self.semantics.holds(question.formula, states[at], states[at + 1], taken[at].name)
                for at in range(loop, len(taken))
            )
        met = [self.semantics.holds(question.formula, state) for state in states]
        asked = [self.semantics.holds(question.after, state) for state in states]
        return not any(met[loop:]) and any(asked[at] and not any(met[at:]) for at in range(len(states)))

    def lost(self, question: SystemProperty, proof: Any) -> bool:
        """Whether a behaviour ends with the premise in a set that reliable actions do not leave, without the goal."""
        found, states = self.run(proof), self.states(proof["states"])
        if found is None or states is None or found[0][-1] not in states:
            return False
        reliable = [action for action in self.system.actions if not action.adversarial]
        goal = any(self.semantics.holds(question.formula, state) for state in states)
        return (
            self.semantics.holds(question.after, found[0][-1])
            and not goal
            and self.closed(states, starts=False, actions=reliable)
        )


def flagged(system: System) -> System:
    """Return the system with what a document says of its actions, which the reader put into their texts."""
    return replace(
        system,
        actions=tuple(
            replace(
                action,
                disturbs="disturbs" in action.template.text.split(),
                adversarial="adversarial" in action.template.text.split(),
            )
            for action in system.actions
        ),
    )


def key(action: SystemAction) -> tuple[str, ...]:
    """Return an action as certificates name it."""
    _, brackets, rest = action.name.partition("(")
    return (f"{action.template.owner}.{action.template.name}", *(rest[:-1].split(", ") if brackets else ()))


def allowed(document: Any, certificate: Any) -> bool:
    """Whether the schemas are known, the constants are the model's and have values that it allows."""
    if document["schema"] != "tdispmodel/model/1" or certificate["schema"] != "tdispmodel/certificate/1":
        return False
    components = {written["name"]: written for written in document["components"]}
    found: dict[str, list[Any]] = {}

    def grow(path: str, kind: str) -> None:
        for constant in components[kind]["constants"]:
            found[f"{path}.{constant['name']}" if path else constant["name"]] = constant["values"]
        for part in components[kind]["parts"]:
            names = (
                [f"{part['name']}[{at}]" for at in range(certificate["instances"])] if part["many"] else [part["name"]]
            )
            for name in names:
                grow(f"{path}.{name}" if path else name, part["kind"])

    grow("", document["root"])
    constants = certificate["constants"]
    return constants.keys() == found.keys() and all(constants[name] in values for name, values in found.items())
