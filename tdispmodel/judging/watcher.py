"""The judge's own watcher, from docs/watcher.md: beside it an inductive invariant shows what does not go on for ever.

Given a system, a question and a `NothingSeen` certificate; gives the system with the watcher beside it and the formula
that something is seen.  Raises `Refused` when the certificate describes no watcher of this system.
"""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    If,
    Literal,
    Not,
    Read,
    added,
    conjunction,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.obligations import step_condition
from tdispmodel.verdict import NothingSeen, Watcher

STAGES = Enumeration("Stage", Watcher.STAGES)


class Beside:
    """A watcher beside a system: ``both`` together, and ``seen``, where something is seen."""

    def __init__(self, system: System, question: SystemProperty, certificate: NothingSeen) -> None:
        self.question = question
        self.actions = system.actions
        self.waiting = Not(question.formula) if question.kind is Kind.LEADS_TO else TRUE
        self.duties = tuple(action for action in system.actions if action.name in certificate.duties)
        if len(self.duties) != len(certificate.duties) or not all(duty.fair for duty in self.duties):
            message = "the watcher has a duty that is no fair action, or has one twice"
            raise Refused(message)
        watched = tuple(variable for variable in system.variables if variable.name in certificate.saves)
        if len(watched) != len(certificate.saves):
            message = "the watcher saves what is no variable, or saves one twice"
            raise Refused(message)
        if certificate.rounds < 1:
            message = "the watcher counts no round"
            raise Refused(message)
        self.saved = {
            variable.name: SystemVariable(Watcher.saved(variable.name), variable.sort, variable.initial[:1])
            for variable in watched
        }
        self.accounts = {
            **{Watcher.paid(duty.name): FALSE for duty in self.duties},
            **{Watcher.owed(duty.name): FALSE for duty in self.duties if duty.fairness is Fairness.STRONG},
            **({} if question.kind is Kind.LEADS_TO else {Watcher.RECURRED: FALSE}),
        }
        self.rounds = Bounded(0, certificate.rounds - 1)
        settled = conjunction(self.stage(Watcher.GOING_ROUND), self.waiting, *self.settled())
        own = [
            SystemVariable(Watcher.STAGE, STAGES, (Watcher.SEARCHING,)),
            *([SystemVariable(Watcher.ROUND, self.rounds, (0,))] if certificate.rounds > 1 else []),
            *self.saved.values(),
            *(SystemVariable(name, BOOLEAN, (False,)) for name in self.accounts),
        ]
        self.both = replace(
            system,
            variables=(*system.variables, *own),
            actions=(*self.before(), *self.begun(system), *self.again(), *self.next_round(settled)),
        )
        same = (Equal(Read(name, one.sort), Read(one.name, one.sort)) for name, one in self.saved.items())
        self.seen = conjunction(settled, self.is_round(self.rounds.high), *same)

    def stage(self, name: str) -> Expression:
        return Equal(Read(Watcher.STAGE, STAGES), Literal(name, STAGES))

    def is_round(self, place: int) -> Expression:
        return Equal(Read(Watcher.ROUND, self.rounds), number(place)) if self.rounds.high else TRUE

    @property
    def skips_pending(self) -> bool:
        return self.question.kind is Kind.NEVER_ENDLESS or self.question.after == TRUE

    def settled(self) -> list[Expression]:
        """What must be true for everything to be settled."""
        found: list[Expression] = []
        for duty in self.duties:
            excuse = Not(duty.guard)
            if duty.fairness is Fairness.STRONG:
                excuse = Not(disjunction(Read(Watcher.owed(duty.name), BOOLEAN), duty.guard))
            found.append(disjunction(Read(Watcher.paid(duty.name), BOOLEAN), excuse))
        if Watcher.RECURRED in self.accounts:
            found.append(Read(Watcher.RECURRED, BOOLEAN))
        return found

    def before(self) -> list[SystemAction]:
        """The steps of the system until the watcher begins to go round, and that it notices the premise."""
        free, pending = self.stage(Watcher.SEARCHING), conjunction(self.stage(Watcher.PENDING), self.waiting)
        if self.skips_pending:
            return [joined(action, free) for action in self.actions]
        noticing = conjunction(free, self.question.after, self.waiting)
        going = disjunction(free, pending)
        return [own("notice", noticing, {Watcher.STAGE: Literal(Watcher.PENDING, STAGES)})] + [
            joined(action, going) for action in self.actions
        ]

    def begun(self, system: System) -> list[SystemAction]:
        """The watcher begins to go round."""
        where = self.stage(Watcher.SEARCHING if self.skips_pending else Watcher.PENDING)
        saving: dict[str, Expression] = {one.name: Read(name, system.sorts[name]) for name, one in self.saved.items()}
        saving[Watcher.STAGE] = Literal(Watcher.GOING_ROUND, STAGES)
        return [own("begin", conjunction(where, self.waiting), saving)]

    def again(self) -> list[SystemAction]:
        """The steps of the system on the loop."""
        on_the_loop = conjunction(self.stage(Watcher.GOING_ROUND), self.waiting)
        return [
            replace(joined(action, on_the_loop, self.kept(action)), name=f"{action.name} on the loop")
            for action in self.actions
            if not action.disturbs
        ]

    def kept(self, action: SystemAction) -> dict[str, Expression]:
        """What the accounts are after a step of ``action``."""
        found: dict[str, Expression] = {}
        for duty in self.duties:
            paid, owed = Watcher.paid(duty.name), Watcher.owed(duty.name)
            taken = TRUE if action.name == duty.name else FALSE
            excused = Not(duty.guard) if duty.fairness is Fairness.WEAK else FALSE
            found[paid] = disjunction(Read(paid, BOOLEAN), taken, excused)
            if owed in self.accounts:
                found[owed] = disjunction(Read(owed, BOOLEAN), duty.guard)
        if Watcher.RECURRED in self.accounts:
            happens = step_condition(self.question.formula, action)
            found[Watcher.RECURRED] = If(happens, TRUE, Read(Watcher.RECURRED, BOOLEAN))
        return found

    def next_round(self, settled: Expression) -> list[SystemAction]:
        """A round is over and there is one more."""
        following = added(Read(Watcher.ROUND, self.rounds), number(1))
        more = conjunction(settled, negation(self.is_round(self.rounds.high)))
        return [own("round", more, {Watcher.ROUND: following, **self.accounts})] if self.rounds.high else []


def joined(action: SystemAction, where: Expression, kept: dict[str, Expression] | None = None) -> SystemAction:
    """Return a step of the system that is also one of the watcher."""
    more = tuple(Assignment(name, value) for name, value in (kept or {}).items())
    return replace(action, guards=(*action.guards, where), assignments=(*action.assignments, *more), places=())


def own(name: str, where: Expression, assigned: dict[str, Expression]) -> SystemAction:
    """Return a step of the watcher alone."""
    assignments = tuple(Assignment(variable, value) for variable, value in assigned.items())
    action = Action(f"{name} (watcher)", "", Actor.ENVIRONMENT, Fairness.NONE)
    return SystemAction(
        action.name,
        action.actor,
        action.fairness,
        disturbs=True,
        adversarial=False,
        guards=(where,),
        assignments=assignments,
        template=action,
    )
