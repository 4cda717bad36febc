"""Expressions as generated text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from tdispmodel.compiling.emission import MAXIMUM_NESTING, Emitter
from tdispmodel.compiling.successors import Compiled, Watch
from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    And,
    Enumeration,
    Equal,
    Expression,
    IllFormed,
    Literal,
    Not,
    Or,
    Read,
    Took,
)
from tdispmodel.ir.system import Assignment, System, SystemVariable
from tdispmodel.semantics import Semantics
from tests.laws.random_systems import Formulas, law, systems


def nesting(text: str) -> int:
    """How deep parentheses nest in a text."""
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def test_deep_formula_becomes_flat_statements() -> None:
    """A formula of depth 150 is computed by several statements, none of which nests deeper than a parser takes."""
    formula: Expression = Read("a", BOOLEAN)
    for level in range(150):
        formula = Not(formula) if level % 2 else And((formula, TRUE))
    emitter = Emitter({"a": 0})
    texts = [emitter.text(formula), *emitter.taken()]
    assert len(texts) > 1
    assert max(map(nesting, texts)) <= MAXIMUM_NESTING + 2


def test_long_conjunction_stays_flat() -> None:
    """A conjunction of 5000 parts is one pair of parentheses around them."""
    emitter = Emitter({"a": 0})
    assert nesting(emitter.text(And((Read("a", BOOLEAN),) * 5000))) == 1


def test_what_is_about_a_step_is_refused() -> None:
    """A formula that still speaks of a step cannot be computed from a state."""
    with pytest.raises(IllFormed, match="Took"):
        Emitter({}).text(Took(frozenset({"x"})))


def test_no_name_of_the_model_reaches_the_text() -> None:
    """Variables, enum members and actions with hostile names give text of digits, operators and synthetic names only."""
    hostile = "__import__('os').system('echo')\n"
    sort = Enumeration(hostile, (hostile, "other"))
    variable = SystemVariable(hostile, sort, (hostile,))
    here = Equal(Read(hostile, sort), Literal(hostile, sort))
    action = move(hostile, here, Assignment(hostile, Literal("other", sort)))
    made = System(hostile, (variable,), (action,), here)
    compiled = Compiled(made, [Watch(here, of_steps=False)])
    lines = [*compiled._visit_lines(), *compiled._unpack_lines()]
    words = set(re.findall(r"[A-Za-z_]\w*", "\n".join(lines)))
    known = {
        "def",
        "visit",
        "unpack",
        "starts",
        "p",
        "r",
        "q",
        "add",
        "append",
        "return",
        "if",
        "is",
        "in",
        "and",
        "or",
    }
    known |= {"not", "else", "raise", "Leaves", "first", "states", "steps", "None"}
    assert {word for word in words if not re.fullmatch(r"[svt]\d+", word)} <= known
    assert [compiled.unpack(after) for _, after in compiled.visit(compiled.layout.pack((hostile,)))] == [("other",)]


@law(40)
@given(systems(), st.data())
def test_generated_text_computes_what_the_semantics_says(system: System, data: st.DataObject) -> None:
    """A random formula is watched in exactly the states in which it is true."""
    draw: st.DrawFn = data.draw  # type: ignore[assignment]  # it draws as well
    formula = Formulas(draw, system.variables).formula(3)
    state = tuple(data.draw(st.sampled_from(variable.sort.values)) for variable in system.variables)
    semantics = Semantics(system)
    compiled = Compiled(System("still", system.variables, ()), [Watch(formula, of_steps=False)])
    packed = compiled.layout.pack(state)
    compiled.visit(packed)
    assert compiled.first == [(packed, -1) if semantics.holds(formula, state) else None]


def test_empty_and_constant_parts_have_their_meaning() -> None:
    """The empty conjunction is true, the empty disjunction false, and both may be watched."""
    flag = Flag("a")
    watches = [Watch(formula, of_steps=False) for formula in (And(()), Or(()), TRUE, FALSE)]
    compiled = Compiled(system("one", (flag,)), watches)
    compiled.visit(0)
    assert [hit is not None for hit in compiled.first] == [True, False, True, False]


def test_integers_that_start_below_zero_are_read_as_they_are() -> None:
    """A counter from -3 is compared by value, not by its code."""
    counter = Counter("z", 3, start=(-2,), low=-3)
    compiled = Compiled(system("one", (counter,)), [Watch(counter.at(-2), of_steps=False)])
    (start,) = compiled.starts()
    compiled.visit(start)
    assert compiled.first == [(start, -1)]
