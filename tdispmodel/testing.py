"""Property-based tests of a design in your own test suite: hypothesis state machines made from models.

`machine` is given a model file (or a system) and gives a `ModelMachine`: a hypothesis `RuleBasedStateMachine` with one
rule per action of the model, which checks the model's invariants and step properties as it goes; subclass it to add
invariants of your own.  `check` asserts in one line that properties of a proposal hold, with proof.  docs/testing.md
shows both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.engines.walk import MOST_STARTS, Sought, Walker
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty
from tdispmodel.reports.naming import Names
from tdispmodel.reports.trace import render, rows
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground, start_states
from tdispmodel.semantics.grounding import default_constants, ground_properties
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, Trace

CHECKED = (Kind.INVARIANT, Kind.STEP)


class ModelMachine(RuleBasedStateMachine):
    """A state machine whose states are those of a model.  `machine` makes subclasses of it; do not make instances.

    In your own ``@invariant()`` methods, ``self.state`` has the value of every variable by its full name:
    ``self.state["devices[0].tdi"]`` is ``"RUN"``, since the value of an enum is its member's name.
    """

    system: ClassVar[System]
    semantics: ClassVar[Semantics]
    questions: ClassVar[tuple[SystemProperty, ...]]
    sought: ClassVar[tuple[Sought, ...]]
    starts: ClassVar[tuple[State, ...]]

    def __init__(self) -> None:
        super().__init__()
        self.restart_in(self.starts[0])

    def restart_in(self, state: State) -> None:
        """Begin a behaviour in a start state."""
        self.walker = Walker(self.semantics, state)
        self.able = _by_label(self.walker.enabled)

    @property
    def state(self) -> Mapping[str, Value]:
        """The value of every variable now, by its full name."""
        values = zip(self.system.variables, self.walker.state, strict=True)
        return {variable.name: value for variable, value in values}

    @property
    def trace(self) -> Trace:
        """The behaviour so far."""
        return self.walker.trace

    @cached_property
    def names(self) -> Names:
        """What variables and actions are called in messages."""
        return Names(self.system)

    def story(self) -> str:
        """The behaviour so far in the reviewers' words, for the message of an assertion."""
        steps = rows(self.names, self.trace, story=True)
        return "\n".join(["after these steps:", *steps] if steps else ["in the start state"])

    def enabled(self, action: str) -> list[SystemAction]:
        """The instances of an action that can happen now."""
        return self.able.get(action, [])

    def take(self, name: str) -> None:
        """Let the action instance happen (``bind(devices[0])``), and check the step and the state it leads to."""
        try:
            before, _ = self.walker.take(self.system.by_name[name])
        except LeavesRange as left:
            message = f"{left}, {self.story()}"
            raise AssertionError(message) from None
        self.able = _by_label(self.walker.enabled)
        self.expect_all(before)

    def expect_all(self, before: State | None) -> None:
        """Raise an AssertionError that tells the story if the last state or step violates a property."""
        for sought in self.sought:
            if sought.decided_by(self.walker, before):
                question = sought.question
                text = question.template.text if question.template else ""
                message = f"{question.name}{': ' if text else ''}{text}\nviolated {self.story()}"
                raise AssertionError(message)

    @precondition(lambda self: not self.walker.enabled)
    @rule()
    def nothing_can_happen(self) -> None:
        """Stay: hypothesis wants a step, and the model has none."""


def machine(
    model: str | Path | System,
    devices: int | None = None,
    constants: Mapping[str, object] | None = None,
    properties: Iterable[str | SystemProperty] | None = None,
) -> type[ModelMachine]:
    """Return a state machine for a model, to be tested as ``machine(...).TestCase``.

    ``model`` is a model file, a proposal of the catalogue by name, or a system.  ``constants`` differ from their
    defaults.  ``properties`` picks some by name, or is questions about a system; without it all invariants and step
    properties are checked that apply under these constants (the catalogue's too, if the model derives from `Guest`);
    other kinds are never checked.  Raises `Rejected` for what cannot be read, ValueError for a property that is not
    there or cannot be checked this way, and when there is no start state.
    """
    wanted = None if properties is None else list(properties)
    if isinstance(model, System):
        system, questions = model, [question for question in wanted or [] if isinstance(question, SystemProperty)]
    else:
        system, questions = _read(str(model), devices, constants or {}, wanted)
    unsuitable = [question.name for question in questions if question.kind not in CHECKED]
    if unsuitable:
        message = f"a state machine checks invariants and step properties only, not {', '.join(unsuitable)}"
        raise ValueError(message)
    semantics = Semantics(system)
    starts = tuple(islice(start_states(semantics), MOST_STARTS))
    if not starts:
        message = f"{system.name} has no start state"
        raise ValueError(message)
    members: dict[str, Any] = {
        "__doc__": f"The model {system.name} with {system.devices} devices.",
        "system": system,
        "semantics": semantics,
        "questions": tuple(questions),
        "sought": tuple(Sought(semantics, question) for question in questions),
        "starts": starts,
    }
    several: dict[str, Any] = {"number": st.integers(0, len(starts) - 1)} if len(starts) > 1 else {}
    beginning: Any = initialize(**several)
    members["begin"] = beginning(begin)
    for label, instances in _by_label(system.actions).items():
        name = label.replace(".", "_")
        while name in members or hasattr(ModelMachine, name):
            name += "_"
        members[name] = _rule_for(name, label, instances)
    return type(f"{system.name.title().replace('_', '')}Machine", (ModelMachine,), members)


def check(
    proposal: str | Path,
    devices: int | None = None,
    constants: Mapping[str, object] | None = None,
    properties: Iterable[str] | None = None,
) -> None:
    """Assert that the properties of a proposal hold (all that apply, or those named), with the default engines.

    Raises AssertionError with each counterexample, or with the reason why a property is open; `Rejected` for a file, a
    constant or a number of devices that makes no sense.
    """
    request = Request(
        find_catalogue(),
        (str(proposal),),
        only=None if properties is None else tuple(properties),
        devices=devices,
        settings=_words(constants or {}),
        jobs=1,
    )
    report = run(request).report
    if report.complaints:
        raise Rejected(report.complaints)
    answered = {result.verdict.property.name for result in report.results}
    missing = [name for name in request.only or () if name not in answered]
    failed = [render(result) for result in report.results if result.verdict.answer is not Answer.HOLDS]
    if missing or failed or not answered:
        unasked = f"not asked, as it does not apply: {', '.join(missing)}" if missing else "nothing was asked"
        raise AssertionError("\n".join(failed or [unasked]))


def _read(
    proposal: str, devices: int | None, constants: Mapping[str, object], wanted: Sequence[object] | None
) -> tuple[System, list[SystemProperty]]:
    """Return the system of a proposal and the questions to be checked."""
    catalogue = find_catalogue()
    loaded = load(catalogue, catalogue.resolve(proposal))
    number, given = chosen(loaded.model, _words(constants), devices)
    scope = Scope(number, given)
    values = default_constants(loaded.model, number) | given
    if wanted is None:
        asked = [
            known
            for known in loaded.properties
            if known.kind in CHECKED and all(values[name] == value for name, value in known.given)
        ]
    else:
        by_name = {known.name: known for known in loaded.properties}
        unknown = [name for name in wanted if name not in by_name]
        if unknown:
            message = f"{loaded.model.name} has no property {unknown[0]}; there is: {', '.join(sorted(by_name))}"
            raise ValueError(message)
        asked = [by_name[name] for name in by_name if name in wanted]
    questions = [question for known in asked for question in ground_properties(loaded.model, known, scope)]
    return ground(loaded.model, scope), questions


def _words(constants: Mapping[str, object]) -> dict[str, str]:
    """Return values as the command line has them; an enum member is its name."""
    return {name: str(getattr(value, "name", value)) for name, value in constants.items()}


def _by_label(actions: Iterable[SystemAction]) -> dict[str, list[SystemAction]]:
    """Return action instances by what stands before the parenthesis in their names."""
    found: dict[str, list[SystemAction]] = {}
    for action in actions:
        found.setdefault(action.name.partition("(")[0], []).append(action)
    return found


def begin(self: ModelMachine, number: int = 0) -> None:
    """Begin in one of the start states."""
    self.restart_in(self.starts[number])
    self.expect_all(None)


def _rule_for(name: str, label: str, instances: list[SystemAction]) -> Callable[..., None]:
    """Return the rule of an action; it draws which instance happens, if there are several."""
    several = len(instances) > 1

    def happens(self: ModelMachine, instance: str = "") -> None:
        self.take(f"{label}({instance})" if several else instances[0].name)

    def possible(self: ModelMachine) -> st.SearchStrategy[str]:
        return st.sampled_from([action.name.partition("(")[2][:-1] for action in self.enabled(label)])

    happens.__name__ = happens.__qualname__ = name
    happens.__doc__ = instances[0].template.text
    drawn: dict[str, Any] = {"instance": st.runner().flatmap(possible)} if several else {}
    ruled: Any = rule(**drawn)

    def can_happen(self: ModelMachine) -> bool:
        return bool(self.enabled(label))

    decorated: Callable[..., None] = precondition(can_happen)(ruled(happens))
    return decorated
