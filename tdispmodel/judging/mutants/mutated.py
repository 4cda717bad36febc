"""A mutant on the states that it reaches: what did not change is known, what changed is worked out anew.

Given what is `Known` of the system, what the mutant has `Instead`, which of the known states it still reaches and
which others; `Mutated` finds each of them to be reached, and answers questions on them.  States have numbers, those
that are known first.  Whatever fails raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import assert_never

import numpy as np

from tdispmodel.ir.expressions import Actor, Expression, Fairness, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.columns import Columns
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.mutants.known import DISABLED, Flags, Instead, Known, Numbers, selected
from tdispmodel.semantics import Semantics

OUTSIDE = -2
"""In place of a target: a state that is not among those that are said to be reached."""


def reached(table: Numbers, sources: Flags, inside: Flags) -> Flags:
    """Return what is reached by the steps of a table without leaving ``inside``, the sources in there among it."""
    found: Flags = sources & inside
    fresh = np.flatnonzero(found)
    while len(fresh):
        after = np.zeros(len(found) + 2, np.bool_)  # two more for what is no state
        after[table[fresh]] = True
        fresh = np.flatnonzero(after[:-2] & inside & ~found)
        found[fresh] = True
    return found


def reaching(table: Numbers, goal: Flags, inside: Flags) -> Flags:
    """Return from where a goal is reached by the steps of a table without leaving ``inside``, goals among it."""
    found = np.append(goal & inside, [False, False])
    waiting = np.flatnonzero(inside & ~found[:-2])
    while len(waiting):
        onward = found[table[waiting]].any(axis=1)
        if not onward.any():
            break
        found[waiting[onward]] = True
        waiting = waiting[~onward]
    return found[:-2]


class Mutated:
    """The mutant: ``inside`` are the states that it reaches, ``table`` says where each of its actions leads from there.

    ``among`` are those of the known states that it reaches, ``more`` are others; each of them has to be reached.
    """

    def __init__(self, known: Known, instead: Instead, among: Flags, more: Sequence[State]) -> None:
        self.known, self.instead, self.others = known, instead, more
        changed = known.changed(instead)
        before = known.space.actions
        self.unchanged = [number for number, action in enumerate(before) if action.name not in instead.actions]
        self.actions: dict[int, SystemAction] = {number: before[number] for number in self.unchanged}
        self.own = list(range(len(before), len(before) + len(changed.actions)))
        self.actions |= dict(zip(self.own, changed.actions, strict=True))
        self.more = Columns(known.space.encoding, more)
        self.number = dict(zip(self.more.packed, range(known.count, known.count + len(more)), strict=True))
        if len(self.number) != len(more) or any(packed in known.space.number for packed in self.number):
            message = "a state is there twice"
            raise Refused(message)
        self.inside: Flags = np.append(among, np.ones(len(more), np.bool_))
        self.table = self._table()
        self.start, self.has_all_starts = self._starts(changed)
        if not np.array_equal(reached(self.table, self.start, self.inside), self.inside):
            message = "a state of the set is not reachable"
            raise Refused(message)

    def _starts(self, changed: System) -> tuple[Flags, bool]:
        """Return which of the states start the mutant, and whether these are all that do."""
        numbers = self.known.starts(changed, self._number)
        there = np.append(self.inside, [False, False])[numbers]
        flags: Flags = np.zeros(len(self.inside), np.bool_)
        flags[np.array(numbers, np.intp)[there]] = True
        return flags, bool(there.all())

    def _number(self, packed: int) -> int:
        return self.known.space.number.get(packed, self.number.get(packed, OUTSIDE))

    def _table(self) -> Numbers:
        known, count = self.known, self.known.count
        table = np.full((len(self.inside), len(known.space.actions) + len(self.own)), DISABLED, np.int32)
        table[:count, self.unchanged] = known.table[:, self.unchanged]
        for number in self.own:
            before = self._assigning_alike(number)
            for chunk in known.space.chunks:
                part = slice(chunk.start, chunk.start + chunk.columns.count)
                led = None if before is None else known.table[part, before]
                self._lead(table[part], number, chunk.columns, self.inside[part], led)
        for number in self.actions:
            self._lead(table[count:], number, self.more, self.inside[count:])
        return table

    def _assigning_alike(self, number: int) -> int | None:
        """Return the number of the known action of the same name if it assigns the same, None if there is none."""
        action = self.actions[number]
        for place, before in enumerate(self.known.space.actions):
            if before.name == action.name and before.assignments == action.assignments:
                return place
        return None

    def _lead(self, rows: Numbers, number: int, columns: Columns, inside: Flags, known: Numbers | None = None) -> None:
        """Write where an action leads from those of some states that are reached.

        ``known`` is where an action leads that assigns the same, as far as it is enabled.
        """
        mask = columns.mask(self.actions[number].guard)
        enabled = selected(columns, mask) & inside
        if known is not None:
            there = enabled & (known != DISABLED)
            rows[there, number] = known[there]
            enabled &= ~there
        if mask and enabled.any():
            after = columns.successors(self.actions[number], enabled.tobytes())
            rows[enabled, number] = list(map(self._number, after))

    # --- formulas -----------------------------------------------------------------------------------------------------

    def flags(self, formula: Expression) -> Flags:
        """Return in which states that are reached a state formula is true."""
        more = selected(self.more, self.more.mask(formula))
        return np.append(self.known.flags(formula), more) & self.inside

    def steps(self, formula: Expression) -> Iterator[tuple[int, Flags]]:
        """Yield the numbers of actions with the states from which their step makes a formula true."""
        known = self.known.steps(formula)
        nowhere = np.zeros(self.known.count, np.bool_)
        for number, action in self.actions.items():
            parts = [known.get(number, nowhere)]
            if number in self.own:
                parts = [selected(each.columns, each.columns.mask(formula, action)) for each in self.known.space.chunks]
            true = np.concatenate([*parts, selected(self.more, self.more.mask(formula, action))])
            on = true & self.inside & (self.table[:, number] != DISABLED)
            if on.any():
                yield number, on

    # --- answers ------------------------------------------------------------------------------------------------------

    def confirm(self, question: SystemProperty) -> None:
        """Check that a question holds; the states have to be all that is reachable."""
        self.known.admit(question, self.flags)
        self._closed(self.table, self.inside)
        self._starts_are_there()
        if not self._holds(question):
            message = f"{question.name} is violated"
            raise Refused(message)

    def confirm_impossible(self, question: SystemProperty) -> None:
        """Check that what must be possible never happens without a step of the host; the states have to be all that is
        reachable without one.
        """
        self.known.admit(question, self.flags)
        unaided = self._by(_unaided)
        there = reached(unaided, self.start, self.inside)
        self._closed(unaided, there)
        self._starts_are_there()
        if self._possible(question, there):
            message = f"{question.name} holds"
            raise Refused(message)

    def confirm_lost(self, question: SystemProperty, claimed: Flags) -> None:
        """Check that what must stay possible is lost in the claimed states, with the premise true in them."""
        self.known.admit(question, self.flags)
        after = self.flags(question.after) & claimed
        reliable = self._by(_reliable)
        onward = reached(reliable, after, self.inside)
        self._closed(reliable, onward)
        if not after.any() or (onward & self.flags(question.formula)).any():
            message = f"the goal of {question.name} is not lost"
            raise Refused(message)

    def _starts_are_there(self) -> None:
        if not self.has_all_starts:
            message = "a start state is missing"
            raise Refused(message)

    def _closed(self, table: Numbers, states: Flags) -> None:
        """Check that the steps of a table lead from some states to none but these."""
        rows = table[states]
        if not np.append(states, [False, False])[rows[rows != DISABLED]].all():
            message = "the states are not all that is reachable"
            raise Refused(message)

    def _holds(self, question: SystemProperty) -> bool:
        formula = question.formula
        match question.kind:
            case Kind.INVARIANT:
                return not self.flags(negation(formula)).any()
            case Kind.STEP:
                return not any(True for _ in self.steps(negation(formula)))
            case Kind.MUST_BE_POSSIBLE:
                return self._possible(question, reached(self._by(_unaided), self.start, self.inside))
            case Kind.STAYS_POSSIBLE:
                can = reaching(self._by(_reliable), self.flags(formula), self.inside)
                return not (self.flags(question.after) & ~can).any()
            case Kind.LEADS_TO | Kind.NEVER_ENDLESS:
                return self._ends(question)
            case _:
                assert_never(question.kind)

    def _possible(self, question: SystemProperty, there: Flags) -> bool:
        """Whether what must be possible happens in some states, or on a step from there that is not the host's."""
        if not speaks_of_step(question.formula):
            return bool((self.flags(question.formula) & there).any())
        steps = self.steps(question.formula)
        return any(bool((on & there).any()) for number, on in steps if _unaided(self.actions[number]))

    def _ends(self, question: SystemProperty) -> bool:
        """Whether a question about what goes on for ever holds: decided on the whole mutant, nothing of it known."""
        known = self.known
        system = known.seen(known.mutated(self.instead))
        states = [*compress(known.space.states, self.inside), *self.others]
        space = ClosedSpace(system, Semantics(system), states)
        try:
            space.confirm(question)
        except Refused:
            return False
        return True

    def confirm_endless(self, question: SystemProperty, claimed: Flags) -> None:
        """Check that a fair behaviour goes round some of the claimed states for ever, and violates a question so."""
        self.known.admit(question, self.flags)
        if question.kind is Kind.NEVER_ENDLESS:
            loop = self._going_round(claimed & self.inside)
            within = np.append(loop, [False, False])
            for number, on in self.steps(question.formula):
                if _quiet(self.actions[number]) and within[self.table[on & loop, number]].any():
                    return
            message = "no step of the loop is one that must not recur for ever"
            raise Refused(message)
        waiting = self.inside & ~self.flags(question.formula)
        pending = reached(self.table, self.flags(question.after), waiting)
        self._going_round(claimed & pending)

    def _going_round(self, claimed: Flags) -> Flags:
        """Return states that lie on one loop with the first of those that are claimed, none of them left out.

        Refused unless a fair behaviour may go round all of them for ever by quiet steps, or stay in the only one.
        """
        first = np.zeros(len(claimed), np.bool_)
        first[np.flatnonzero(claimed)[:1]] = True
        quiet = self._by(_quiet)
        found = reached(quiet, first, claimed) & reaching(quiet, first, claimed)
        if not found.any():
            message = "there is no loop"
            raise Refused(message)
        rows = self.table[found]
        stays = np.append(found, [False, False])[rows]
        for number, action in self.actions.items():
            enabled = rows[:, number] != DISABLED
            owed = enabled.any() if action.fairness is Fairness.STRONG else enabled.all()
            if action.fair and owed and not (_quiet(action) and stays[:, number].any()):
                message = f"the loop is not fair to {action.name}"
                raise Refused(message)
        return found

    def _by(self, wanted: Callable[[SystemAction], bool]) -> Numbers:
        """Return where some of the actions lead."""
        return self.table[:, [number for number, action in self.actions.items() if wanted(action)]]


def _unaided(action: SystemAction) -> bool:
    return action.actor is not Actor.HOST


def _reliable(action: SystemAction) -> bool:
    return not action.adversarial


def _quiet(action: SystemAction) -> bool:
    return not action.disturbs
