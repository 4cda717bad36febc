"""One step backwards, without literals for the state after it.

Given a move; gives what a state before must satisfy so that the move leads into a cube: the guard, that the variables
that the move does not assign have values of the cube already, and that the assigned ones do not get a value outside.
All of it are literals about the state before, one per bit, so a core of the solver says which bits mattered.  And given
one such state, the cube of states around it from which the same move leads into the same cube, for the same reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

from tdispmodel.compiling.conditions import Atom, Condition, Conditions, Every
from tdispmodel.compiling.lowering import Move
from tdispmodel.engines.bits.numbering import Bits, Clauses, Numbering, members


class Reasons:
    """Why a condition is true in a state: the bits that the state does not have and that matter."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self._placed: dict[Atom, tuple[Bits, Bits]] = {}

    def why(self, condition: Condition, state: Bits) -> Bits | None:
        """Return bits such that the condition is true in every state without them, as in ``state``; None if it is
        false there.
        """
        if isinstance(condition, Atom):
            placed = self._placed.get(condition)
            if placed is None:
                allowed = self.numbering.bits(condition.variable, condition.values)
                placed = self._placed[condition] = allowed, self.numbering.field[condition.variable] & ~allowed
            return placed[1] if state & placed[0] else None
        if isinstance(condition, Every):
            together = 0
            for part in condition.parts:
                found = self.why(part, state)
                if found is None:
                    return None
                together |= found
            return together
        for part in condition.parts:
            found = self.why(part, state)
            if found is not None:
                return found
        return None


@dataclass(frozen=True, eq=False)
class Backwards:
    """A move seen from the state after it.

    ``touched`` are the bits of the variables that it assigns; of these it leads to ``always`` whatever was before, and
    ``never`` to some.  For the others ``kept_out`` has the condition before under which they are not what it leads to,
    with a literal that may only be true where that is.
    """

    move: Move
    guard: int
    touched: Bits
    always: Bits
    never: Bits
    kept_out: dict[int, tuple[Condition, int]]

    def assumptions(self, bits: Bits, numbering: Numbering) -> dict[int, Bits]:
        """Return the literals under which the move leads into the cube of ``bits``, each with the bits it is due to.

        ``bits`` has none of ``always``.
        """
        found = {-numbering.literals[bit]: 1 << bit for bit in members(bits & ~self.touched)}
        for bit in members(bits & self.touched & ~self.never):
            literal = self.kept_out[bit][1]
            found[literal] = found.get(literal, 0) | 1 << bit
        return found

    def before(self, bits: Bits, state: Bits, reasons: Reasons) -> Bits:
        """Return the cube around ``state`` from which the move leads into the cube of ``bits`` for the same reasons."""
        together = bits & ~self.touched
        conditions = [self.move.guard]
        conditions += [self.kept_out[bit][0] for bit in members(bits & self.touched & ~self.never)]
        for condition in conditions:
            found = reasons.why(condition, state)
            if found is None:
                message = f"{self.move.action.name} does not lead there"
                raise AssertionError(message)
            together |= found
        return together


def backwards(move: Move, of: Conditions, numbering: Numbering, clauses: Clauses) -> Backwards:
    """Return the move seen from behind; the meaning of its literals is added to ``clauses``."""
    touched = always = never = 0
    kept_out: dict[int, tuple[Condition, int]] = {}
    for variable, effect in move.effects.items():
        touched |= numbering.field[variable]
        for value in range(numbering.sizes[variable]):
            bit = numbering.base[variable] + value
            condition = effect.get(value, of.false)
            if condition is of.true:
                always |= 1 << bit
            elif condition is of.false:
                never |= 1 << bit
            else:
                denied = of.negation(condition)
                kept_out[bit] = denied, clauses.literal(denied)
    return Backwards(move, clauses.literal(move.guard), touched, always, never, kept_out)
