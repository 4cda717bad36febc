"""A system together with a watcher, so that what goes on for ever becomes a question about what can be reached.

Given a system, a question about its infinite behaviours and what the watcher notes (`Notes`); gives the system with the
watcher's variables and steps, and the invariant "nothing is seen".  docs/watcher.md says what a watcher is, why nothing
seen means that the property holds, and where this comes from; the judge builds its own from that page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    Arithmetic,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Less,
    Literal,
    Read,
    Took,
    conjunction,
    disjunction,
    negation,
    number,
    rebuilt,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.verdict import Watcher

KINDS = frozenset({Kind.LEADS_TO, Kind.NEVER_ENDLESS})
NOTICE, BEGIN, ROUND = "notice()", "begin()", "round()"
"""The watcher's own steps; no action of a model is called so."""
AGAIN = "again "
"""Stands before the name of an action that is taken on the loop."""
STAGE = Read(Watcher.STAGE, Enumeration("Stage", Watcher.STAGES))


@dataclass(frozen=True)
class Notes:
    """What the watcher notes: which variables it ``saves``, for which fair actions it keeps an account (``duties``),
    and how many ``rounds`` the accounts must be paid.
    """

    saves: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    rounds: int = 1


def everything(system: System) -> Notes:
    """Return the notes with which what is seen is a violation; what cannot change on a loop need not be saved."""
    changing = {one.variable for action in system.actions if not action.disturbs for one in action.assignments}
    saves = tuple(variable.name for variable in system.variables if variable.name in changing)
    return Notes(saves, tuple(action.name for action in system.actions if action.fair))


class Watched:
    """A system with a watcher beside it: ``system``, and the question ``nothing_seen`` about it."""

    def __init__(self, system: System, question: SystemProperty, notes: Notes) -> None:
        self.watched = system
        self.question = question
        self.notes = notes
        self.goal = question.formula if question.kind is Kind.LEADS_TO else FALSE
        self.premised = question.kind is Kind.LEADS_TO and question.after != TRUE
        self.duties = [system.by_name[name] for name in notes.duties]
        self.round = Read(Watcher.ROUND, Bounded(0, notes.rounds - 1))
        self.recurred = Read(Watcher.RECURRED, BOOLEAN)
        self.system = replace(
            system,
            variables=(*system.variables, *self._variables()),
            actions=tuple(self._actions()),
        )
        self.nothing_seen = SystemProperty(question.name, question.code, Kind.INVARIANT, negation(self._seen()))

    def _variables(self) -> Iterator[SystemVariable]:
        yield SystemVariable(Watcher.STAGE, STAGE.of, (Watcher.SEARCHING,))
        if self.notes.rounds > 1:
            yield SystemVariable(Watcher.ROUND, self.round.of, (0,))
        for name in self.notes.saves:
            known = self.watched.variables[self.watched.index[name]]
            yield SystemVariable(Watcher.saved(name), known.sort, known.initial[:1])
        yield from (SystemVariable(name, BOOLEAN, (False,)) for name in self._accounts())

    def _accounts(self) -> Iterator[str]:
        """The names of all that is kept account of in a round."""
        for duty in self.duties:
            yield Watcher.paid(duty.name)
            if duty.fairness is Fairness.STRONG:
                yield Watcher.owed(duty.name)
        if self.question.kind is Kind.NEVER_ENDLESS:
            yield Watcher.RECURRED

    # --- steps --------------------------------------------------------------------------------------------------------

    def _actions(self) -> Iterator[SystemAction]:
        waiting = negation(self.goal)
        searching, pending = _at(Watcher.SEARCHING), conjunction(_at(Watcher.PENDING), waiting)
        before = disjunction(searching, pending) if self.premised else searching
        for action in self.watched.actions:
            yield replace(action, guards=(before, *action.guards), places=())
        if self.premised:
            notice = conjunction(searching, self.question.after, waiting)
            yield self._own(NOTICE, notice, [Assignment(Watcher.STAGE, Literal(Watcher.PENDING, STAGE.of))])
        sorts = self.watched.sorts
        saving = [Assignment(Watcher.STAGE, Literal(Watcher.GOING_ROUND, STAGE.of))]
        saving += [Assignment(Watcher.saved(name), Read(name, sorts[name])) for name in self.notes.saves]
        yield self._own(BEGIN, pending if self.premised else conjunction(searching, waiting), saving)
        going_round = conjunction(_at(Watcher.GOING_ROUND), waiting)
        for action in self.watched.actions:
            if not action.disturbs:
                kept = tuple(self._kept(action))
                yield replace(
                    action,
                    name=AGAIN + action.name,
                    guards=(going_round, *action.guards),
                    assignments=(*action.assignments, *kept),
                    places=(),
                )
        if self.notes.rounds > 1:
            on = [Assignment(Watcher.ROUND, Arithmetic("+", self.round, number(1)))]
            on += [Assignment(name, FALSE) for name in self._accounts()]
            done = conjunction(going_round, Less(self.round, number(self.notes.rounds - 1)), self._settled())
            yield self._own(ROUND, done, on)

    def _own(self, name: str, guard: Expression, assignments: list[Assignment]) -> SystemAction:
        """A step of the watcher; who takes it does not matter to a question about what is reached."""
        template = Action(name, "Watcher", Actor.ENVIRONMENT, Fairness.NONE)
        return SystemAction(
            name=name,
            actor=template.actor,
            fairness=template.fairness,
            disturbs=True,
            adversarial=False,
            guards=(guard,),
            assignments=tuple(assignments),
            template=template,
        )

    def _kept(self, action: SystemAction) -> Iterator[Assignment]:
        """How a step of ``action`` on the loop changes the accounts."""
        for duty in self.duties:
            paid, owed = Read(Watcher.paid(duty.name), BOOLEAN), Read(Watcher.owed(duty.name), BOOLEAN)
            if duty is action:
                yield Assignment(paid.name, TRUE)
            elif duty.fairness is Fairness.WEAK:
                yield Assignment(paid.name, disjunction(paid, negation(duty.guard)))
            if duty.fairness is Fairness.STRONG:
                yield Assignment(owed.name, TRUE if duty is action else disjunction(owed, duty.guard))
        if self.question.kind is Kind.NEVER_ENDLESS:
            happened = on_step(self.question.formula, action)
            if happened != FALSE:
                yield Assignment(Watcher.RECURRED, disjunction(self.recurred, happened))

    # --- what is seen -------------------------------------------------------------------------------------------------

    def _settled(self) -> Expression:
        """The condition that all accounts are paid, the present state taken into account."""
        parts = []
        for duty in self.duties:
            paid, disabled = Read(Watcher.paid(duty.name), BOOLEAN), negation(duty.guard)
            if duty.fairness is Fairness.STRONG:
                disabled = conjunction(negation(Read(Watcher.owed(duty.name), BOOLEAN)), disabled)
            parts.append(disjunction(paid, disabled))
        if self.question.kind is Kind.NEVER_ENDLESS:
            parts.append(self.recurred)
        return conjunction(*parts)

    def _seen(self) -> Expression:
        back = []
        for name in self.notes.saves:
            sort = self.watched.sorts[name]
            back.append(Equal(Read(name, sort), Read(Watcher.saved(name), sort)))
        last = Equal(self.round, number(self.notes.rounds - 1)) if self.notes.rounds > 1 else TRUE
        return conjunction(_at(Watcher.GOING_ROUND), last, negation(self.goal), self._settled(), *back)


def _at(stage: str) -> Expression:
    return Equal(STAGE, Literal(stage, STAGE.of))


def on_step(formula: Expression, action: SystemAction) -> Expression:
    """Return the condition on the state before a step of ``action`` under which the formula is true of it."""
    assigned = {assignment.variable: assignment.value for assignment in action.assignments}

    def now(node: Expression) -> Expression | None:
        match node:
            case Read(name, sort, True):
                return assigned.get(name, Read(name, sort))
            case Took(names):
                return TRUE if action.name in names else FALSE
            case _:
                return None

    return rebuilt(formula, now)
