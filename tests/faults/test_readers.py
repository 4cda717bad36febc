"""Rules of the reader, of grounding and of the semantics that were broken on purpose: the native law notices each.

The law runs the models of the language reference natively, by CPython, and compares what it finds with what was read.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Among,
    And,
    Binder,
    ConstantValue,
    Expression,
    If,
    Literal,
    Or,
    Quantified,
    SameInstance,
    StepIs,
    number,
    rebuilt,
)
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import SystemAction
from tdispmodel.reading import calls, classes, comparisons, files, models, patches
from tdispmodel.reading.denotations import ConstantMember
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.semantics.grounding import Grounding
from tdispmodel.source import Rejected
from tests.faults.misreading import MISREADINGS, Misreading
from tests.laws.test_native import REFERENCE, compared
from tests.laws.test_premise import PREMISES

Patch = Callable[[pytest.MonkeyPatch], None]
TOPOLOGIES = next(path for path in REFERENCE if path.stem == "14_topologies")
MIXED = {"devices[0].kind": "PLAIN", "devices[1].kind": "TDISP"}


def first_difference() -> str:
    """Return the first difference that the native law finds in the models of the reference, empty if there is none."""
    for path, chosen in [*((path, {}) for path in REFERENCE), (TOPOLOGIES, MIXED)]:
        try:
            found = compared(path, 2, chosen=chosen)
        except Rejected:
            continue  # a misread file may make no sense any more; a silently changed meaning is what matters
        except LeavesRange as left:
            found = [str(left)]
        if found:
            return found[0]
    return ""


def test_nothing_is_found_without_a_fault() -> None:
    """The models of the reference mean natively what they mean as read."""
    assert first_difference() == ""


@pytest.mark.parametrize("fault", MISREADINGS, ids=lambda fault: fault.__name__)
def test_a_misread_text_is_noticed(fault: type[Misreading], monkeypatch: pytest.MonkeyPatch) -> None:
    """The native law finds a difference when the reader takes a form of the language for another."""
    original = files._tree

    def misread(text: str, name: str) -> ast.Module:
        tree: ast.Module = ast.fix_missing_locations(fault().visit(original(text, name)))
        return tree

    monkeypatch.setattr(files, "_tree", misread)
    monkeypatch.setattr(files, "_PARSED", {})
    assert first_difference()


def is_not_as_is(patch: pytest.MonkeyPatch) -> None:
    """``is not`` is no negation."""
    patch.setattr(comparisons, "_NEGATED", (ast.NotEq, ast.NotIn))


def not_in_as_in(patch: pytest.MonkeyPatch) -> None:
    """``not in`` is no negation."""
    patch.setattr(comparisons, "_NEGATED", (ast.NotEq, ast.IsNot))


def every_quantifier_any(patch: pytest.MonkeyPatch) -> None:
    """``all`` is taken for ``any``."""
    original = calls._quantified

    def quantified(elaborator: Any, node: Any, scope: Any, binder: Binder) -> Any:
        return original(elaborator, node, scope, Binder.ANY if binder is Binder.ALL else binder)

    patch.setattr(calls, "_quantified", quantified)


def first_value_starts(patch: pytest.MonkeyPatch) -> None:
    """A variable starts with the first value of its sort."""
    patch.setattr("tdispmodel.reading.classes.start_values", lambda _, sort, __: sort.values[:1])


def everything_visible(patch: pytest.MonkeyPatch) -> None:
    """``HiddenFrom`` hides from nobody."""
    patch.setattr("tdispmodel.reading.annotations._actors", lambda *_: set())


def restrictions_dropped(patch: pytest.MonkeyPatch) -> None:
    """What ``@restricts`` requires is dropped."""
    original = patches._patched_action

    def patched(definition: Any, verb: str, old: Any, context: Any, mark: Any) -> Any:
        found = original(definition, verb, old, context, mark)
        return replace(found, restrictions=old.restrictions) if verb == "restricts" else found

    patch.setattr(patches, "_patched_action", patched)


def moved_constants_stay(patch: pytest.MonkeyPatch) -> None:
    """``kind = Kind.PLAIN`` in a derived component fixes the inherited value."""
    original = classes._moved

    def moved(declared: Any, name: str, *given: Any) -> Any:
        found, old = original(declared, name, *given), declared.members.get(name)
        return replace(found, value=old.value) if isinstance(found, ConstantMember) else found

    patch.setattr(classes, "_moved", moved)


def hidden_constants_shown(patch: pytest.MonkeyPatch) -> None:
    """What hides a constant is forgotten."""
    original = models._constants
    patch.setattr(
        models, "_constants", lambda *given: tuple(replace(c, hidden_from=frozenset()) for c in original(*given))
    )


READERS: list[Patch] = [
    is_not_as_is,
    not_in_as_in,
    every_quantifier_any,
    first_value_starts,
    everything_visible,
    restrictions_dropped,
    moved_constants_stay,
    hidden_constants_shown,
]


@pytest.mark.parametrize("fault", READERS, ids=lambda fault: fault.__name__)
def test_a_broken_rule_of_the_reader_is_noticed(fault: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The native law finds a difference when this rule of the reader is broken."""
    fault(monkeypatch)
    assert first_difference()


def templates(change: Callable[[Expression], Expression | None]) -> Patch:
    """Return a patch under which grounding sees changed template expressions."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        original = Grounding.expression
        patch.setattr(Grounding, "expression", lambda self, node, env: original(self, rebuilt(node, change), env))

    return patched


def updates_reversed(patch: pytest.MonkeyPatch) -> None:
    """When two parameters are the same instance the earlier assignment stays."""
    original = Grounding.action

    def action(self: Grounding, name: str, template: Any, env: Any) -> SystemAction:
        return original(self, name, replace(template, updates=template.updates[::-1]), env)

    patch.setattr(Grounding, "action", action)


def first_guard_only(patch: pytest.MonkeyPatch) -> None:
    """Only the first ``require`` of an action counts."""
    original = Grounding.action

    def action(self: Grounding, name: str, template: Any, env: Any) -> SystemAction:
        return original(self, name, replace(template, guards=template.guards[:1]), env)

    patch.setattr(Grounding, "action", action)


def one_argument_fits_all(patch: pytest.MonkeyPatch) -> None:
    """A parameter ranges over the first instance only."""
    original = Grounding.of_kind
    patch.setattr(Grounding, "of_kind", lambda self, kind: original(self, kind)[:1])


def chosen_constants(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Patch:
    """Return a patch under which grounding has other values of constants than were chosen."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        original = Grounding.__init__

        def begun(self: Grounding, *given: Any) -> None:
            original(self, *given)
            self.constants = change(self.constants)

        patch.setattr(Grounding, "__init__", begun)

    return patched


def swapped(values: dict[str, Any]) -> dict[str, Any]:
    """Give each of two devices the constants of the other."""
    other = {"devices[0]": "devices[1]", "devices[1]": "devices[0]"}
    owners = {name: name.partition(".") for name in values}
    return {
        name: values.get(f"{other.get(owner, owner)}{dot}{rest}", values[name])
        for name, (owner, dot, rest) in owners.items()
    }


def defaults_stay(patch: pytest.MonkeyPatch) -> None:
    """What was chosen for instances is not put in."""
    original = Grounding.__init__

    def begun(self: Grounding, model: Any, scope: Any) -> None:
        original(self, model, replace(scope, constants={k: v for k, v in scope.constants.items() if "." not in k}))

    patch.setattr(Grounding, "__init__", begun)


def any_for_all(node: Expression) -> Expression | None:
    """``all`` is grounded as ``any``."""
    if not isinstance(node, Quantified) or node.binder is not Binder.ALL:
        return None
    return replace(node, binder=Binder.ANY, body=rebuilt(node.body, any_for_all))


def everywhere(node: Expression) -> Expression | None:
    """The ``if`` of a generator is ignored."""
    if not isinstance(node, Quantified) or node.where == TRUE:
        return None
    return replace(node, where=TRUE, body=rebuilt(node.body, everywhere))


def _is_sum(node: Expression) -> bool:
    return isinstance(node, Quantified) and node.binder is Binder.SUM


GROUNDING: dict[str, Patch] = {
    "all as any": templates(any_for_all),
    "if of a generator ignored": templates(everywhere),
    "no two names are the same instance": templates(lambda node: FALSE if isinstance(node, SameInstance) else None),
    "every sum is one": templates(lambda node: number(1) if _is_sum(node) else None),
    "arguments of a step ignored": templates(
        lambda node: replace(node, arguments=()) if isinstance(node, StepIs) else None
    ),
    "constants have their first value": templates(
        lambda node: Literal(node.of.values[0], node.of) if isinstance(node, ConstantValue) else None
    ),
    "constants of instances are those of the first": chosen_constants(
        lambda values: {name: values.get(name.replace("[1]", "[0]"), value) for name, value in values.items()}
    ),
    "constants of instances are swapped": chosen_constants(swapped),
    "constants of instances are the last ones": chosen_constants(
        lambda values: {name: values.get(name.replace("[0]", "[1]"), value) for name, value in values.items()}
    ),
    "constants of instances keep their defaults": defaults_stay,
    "the earlier assignment stays": updates_reversed,
    "only the first guard": first_guard_only,
    "only the first instance": one_argument_fits_all,
}


@pytest.mark.parametrize("fault", GROUNDING)
def test_broken_grounding_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The native law finds a difference when models are grounded wrongly in this way."""
    GROUNDING[fault](monkeypatch)
    assert first_difference()


def every_is_some(patch: pytest.MonkeyPatch) -> None:
    """A conjunction is true when one part is."""
    patch.setattr(Semantics, "_every", staticmethod(Semantics._some))


def comparing(wrong: Callable[..., Any], right: Callable[..., Any]) -> Patch:
    """Return a patch under which one comparison is made by another."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        original = Semantics._pair
        patch.setattr(
            Semantics, "_pair", lambda self, used, *rest: original(self, wrong if used is right else used, *rest)
        )

    return patched


def changing(change: Callable[[Expression], Expression | None]) -> Patch:
    """Return a patch under which an expression denotes what another one does."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        original = Semantics._denote
        patch.setattr(Semantics, "_denote", lambda self, node: original(self, change(node) or node))

    return patched


SEMANTICS: dict[str, Patch] = {
    "and as or": every_is_some,
    "at most as less": comparing(operator.lt, operator.le),
    "equal as different": comparing(operator.ne, operator.eq),
    "membership in the first value": changing(
        lambda node: replace(node, values=node.values[:1]) if isinstance(node, Among) else None
    ),
    "if always taken": changing(lambda node: node.then if isinstance(node, If) and node.then.children == () else None),
}


@pytest.mark.parametrize("fault", SEMANTICS)
def test_broken_semantics_are_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The native law finds a difference when the reference semantics itself is broken in this way."""
    SEMANTICS[fault](monkeypatch)
    assert first_difference()


def wrong_premises(premise_of: Callable[[Expression], Expression | None]) -> int:
    """Return how many of the written-down premises come out otherwise."""
    return sum(premise_of(formula) != premise for formula, premise in PREMISES)


def test_wrong_premises_are_noticed() -> None:
    """Each of these ways to compute a premise fails a handmade case; the real one fails none."""
    real = antecedent
    assert wrong_premises(real) == 0
    assert wrong_premises(lambda _: None)
    assert wrong_premises(lambda formula: formula)
    assert wrong_premises(lambda formula: None if isinstance(formula, And) else real(formula))
    assert wrong_premises(lambda formula: real(Or(formula.operands[:1])) if isinstance(formula, Or) else real(formula))
