"""A mutant in words, with its conjunct or value as the modelling language writes it."""

from __future__ import annotations

from typing import assert_never

from tdispmodel.analysing.mutation.operators import Mutant, Operator, action_of, variables_of
from tdispmodel.ir.expressions import Literal, Sort, Value, negation
from tdispmodel.ir.model import Model
from tdispmodel.printing import Names, formula

IN_ACTIONS = Names(root="self")


def formula_text(model: Model, mutant: Mutant) -> str:
    """Return the conjunct or assignment that is dropped or negated, or the start value that is new or gone.

    Empty for an action that is deleted.  Raises KeyError when the model does not have what the mutant changes.
    """
    match mutant.operator:
        case Operator.DROP_CONJUNCT | Operator.NEGATE_CONJUNCT:
            return "" if mutant.formula is None else formula(mutant.formula, IN_ACTIONS)
        case Operator.DROP_EFFECT:
            update = action_of(model, mutant).updates[mutant.update]
            return f"{update.instance}.{update.variable} = {formula(update.value, IN_ACTIONS)}"
        case Operator.DELETE_ACTION:
            return ""
        case Operator.REPLACE_START | Operator.REMOVE_START | Operator.ADD_START:
            return "" if mutant.value is None else _value(mutant.value, _sort(model, mutant))
        case _:
            assert_never(mutant.operator)


def words(model: Model, mutant: Mutant) -> str:
    """Return one sentence without a full stop that says what the mutant does otherwise.  Raises KeyError as above."""
    told = formula_text(model, mutant)
    match mutant.operator:
        case Operator.DROP_CONJUNCT:
            return f"{mutant.subject} does not require {told}"
        case Operator.NEGATE_CONJUNCT:
            opposite = told if mutant.formula is None else formula(negation(mutant.formula), IN_ACTIONS)
            return f"{mutant.subject} requires {opposite}"
        case Operator.DROP_EFFECT:
            each = action_of(model, mutant).updates[mutant.update].each
            where = "" if each is None else f", for {each[0]} in self.{each[1]}"
            return f"{mutant.subject} does not assign {told}{where}"
        case Operator.DELETE_ACTION:
            return f"{mutant.subject} never happens"
        case Operator.REPLACE_START:
            (old,) = variables_of(model, mutant)[0][1].initial
            return f"{mutant.subject} starts as {told} instead of {_value(old, _sort(model, mutant))}"
        case Operator.REMOVE_START:
            return f"{mutant.subject} does not start as {told}"
        case Operator.ADD_START:
            return f"{mutant.subject} may also start as {told}"
        case _:
            assert_never(mutant.operator)


def _sort(model: Model, mutant: Mutant) -> Sort:
    return variables_of(model, mutant)[0][1].sort


def _value(value: Value, sort: Sort) -> str:
    return formula(Literal(value, sort))
