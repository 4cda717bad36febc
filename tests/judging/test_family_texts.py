"""What the judge of families writes means what the reference semantics means, state by state and step by step.

And where it is made to write something else on purpose, that is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from tdispmodel.ir.expressions import TRUE, Equal, Expression, Field, Or, Quantified, SameInstance, disjunction, rebuilt
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import State
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.parametric import obligations, sentences, steps
from tdispmodel.judging.parametric.obligations import Script
from tdispmodel.judging.parametric.sentences import NO, YES, Writer
from tdispmodel.judging.parametric.steps import _Reading
from tdispmodel.parametric.clauses import images
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import QuantifiedClause
from tests.faults.planting import entered_into
from tests.judging.instances import Comparison
from tests.judging.rooms import room
from tests.laws.random_families import families
from tests.laws.random_systems import law

Patch = pytest.MonkeyPatch
Case = tuple[Model, tuple[Property, ...], int, tuple[QuantifiedClause, ...]]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Comparison, tuple[Property, ...], list[State], tuple[QuantifiedClause, ...]]:
    """Draw a model with one device or two, clauses about it, and some of its states."""
    original = draw(families(leaving=draw(st.booleans())))
    family = Family(original, Kinds())
    properties = tuple(family.property(wanted) for wanted in original.properties)
    clauses = tuple(made for wanted in properties[:2] if (made := _clause(wanted)) is not None)
    try:
        comparison = Comparison(family.model, draw(st.integers(1, 2)), clauses)
    except Refused:
        assume(False)
    domains = [st.sampled_from(variable.sort.values) for variable in comparison.system.variables]
    states = draw(st.lists(st.tuples(*domains), min_size=1, max_size=3))
    return comparison, properties, states, clauses


def _clause(wanted: Property) -> QuantifiedClause | None:
    """A property about all different devices as a clause."""
    bound, body = [], wanted.formula
    while hasattr(body, "binder") and getattr(body, "where", TRUE) == TRUE and body.binder.value == "all":
        bound.append((body.bound, body.collection))
        body = body.body
    return (
        None if any(not isinstance(node, Expression) for node in body.walk()) or not bound else _stripped(bound, body)
    )


def _stripped(bound: list[tuple[str, str]], body: Expression) -> QuantifiedClause | None:
    """The clause without the parts that say that two names are one device."""
    parts = body.operands if isinstance(body, Or) else (body,)
    kept = disjunction(*(part for part in parts if not isinstance(part, SameInstance)))
    if any(isinstance(node, Quantified | SameInstance) for node in kept.walk()):
        return None

    def of_self(node: Expression) -> Expression | None:
        is_root = isinstance(node, Field) and node.instance == "now"
        return Field("self", node.variable, node.of) if is_root and isinstance(node, Field) else None

    return QuantifiedClause(tuple(bound), rebuilt(kept, of_self))


def differences(case: Any) -> list[str]:
    """Where text and semantics differ about some states."""
    comparison, properties, states, clauses = case
    wrong = []
    for state in states:
        wrong += comparison.differences(state, properties)
        facts = [f"(assert {fact})" for fact in comparison.facts(state)]
        for one in clauses:
            text = Script(comparison.model, (), [one]).assumed()
            true = all(comparison.semantics.holds(image, state) for image in images(one, comparison.devices))
            if comparison.possible([*facts, text]) is not true:
                wrong.append("whether a clause is true")
    return wrong


@law(40)
@given(cases())
def test_the_text_means_what_the_semantics_means(case: Any) -> None:
    """Start states, clauses, guards, ranges, where steps lead, and what is true of states and steps: all the same."""
    assert [] == differences(case)


# --- faults ----------------------------------------------------------------------------------------------------------

FAULTS: dict[str, Callable[[Patch], None]] = {}
fault = entered_into(FAULTS)


@fault
def _(patch: Patch) -> None:
    """Of two assignments to one instance the earlier stays."""
    reading = _Reading.__init__

    def begun(self: _Reading, *given: Any) -> None:
        reading(self, *given)
        self.updates = self.updates[::-1]

    patch.setattr(_Reading, "__init__", begun)


@fault
def _(patch: Patch) -> None:
    """Two names never stand for one instance."""
    same = sentences.same
    for module in (sentences, steps, obligations):
        patch.setattr(module, "same", lambda one, other: YES if one.term == other.term else same(one, other) and NO)


@fault
def _(patch: Patch) -> None:
    """Loops assign nothing."""
    assigned = _Reading._assigned
    patch.setattr(_Reading, "_assigned", lambda self, update, at: NO if update.each else assigned(self, update, at))


@fault
def _(patch: Patch) -> None:
    """A step never leaves a range."""
    patch.setattr(_Reading, "_inside", lambda *_: YES)


@fault
def _(patch: Patch) -> None:
    """What stands after a step is what stood before."""
    patch.setattr(steps, "either", lambda *parts: parts[-1])


@fault
def _(patch: Patch) -> None:
    """Which instances a quantifier leaves out is ignored."""
    quantified = Writer._quantified

    def ignoring(self: Writer, formula: Any, *given: Any) -> Any:
        return quantified(self, replace(formula, where=TRUE), *given)

    patch.setattr(Writer, "_quantified", ignoring)


@fault
def _(patch: Patch) -> None:
    """Some is read as all."""
    patch.setattr(sentences, "over", lambda _, *given: obligations.over("forall", *given))


@fault
def _(patch: Patch) -> None:
    """Start conditions are ignored."""
    patch.setattr(Script, "_start", lambda self, _: [self._starts(place) for place in self.places])


@fault
def _(patch: Patch) -> None:
    """Every value is a start value."""
    patch.setattr(Script, "_starts", lambda *_: YES)


@fault
def _(patch: Patch) -> None:
    """Clauses are about the same device as well."""
    patch.setattr(obligations, "same", lambda *_: NO)


@fault
def _(patch: Patch) -> None:
    """Nobody knows which action was taken."""
    patch.setattr(Writer, "_is_step", lambda *_: NO)


@fault
def _(patch: Patch) -> None:
    """At most is read as less."""
    related = sentences._related

    def strictly(formula: Any, left: Any, right: Any) -> bool:
        return related(formula, left, right) and (isinstance(formula, Equal) or left != right)

    patch.setattr(sentences, "_related", strictly)


def about_the_room() -> Iterator[str]:
    """Yield where text and semantics differ about the written model, with one lamp or two, in any state."""
    written = room()
    family = Family(written, Kinds())
    properties = tuple(family.property(wanted) for wanted in written.properties)
    clauses = tuple(made for wanted in properties if (made := _clause(wanted)) is not None)
    for lamps in (1, 2):
        comparison = Comparison(family.model, lamps, clauses)
        states = list(product(*(variable.sort.values for variable in comparison.system.variables)))
        yield from differences((comparison, properties, states, clauses))


def test_the_text_of_the_room_means_what_the_semantics_means() -> None:
    """About the written model text and semantics say the same, and one of its properties is a clause."""
    assert [] == list(about_the_room())
    assert [True, False, False] == [_clause(wanted) is not None for wanted in room().properties]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_text_is_noticed(name: str, monkeypatch: Patch) -> None:
    """With this fault text and semantics differ about the written model."""
    FAULTS[name](monkeypatch)
    assert any(about_the_room())
