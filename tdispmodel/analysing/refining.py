"""Refinement: whether every step of a full model is a step or a stutter of an abstract one, under a mapping.

Given both models and what each variable of the abstract one is over the variables of the full one; gives a
`Refinement`.  That a step is one of the abstract model's is written as a formula over the full system, so it is asked
of the engines and judged as any step property is (Abadi and Lamport 1991, The existence of refinement mappings).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tdispmodel.checking.asking import Group, Plan, check_group
from tdispmodel.checking.mistakes import UNMAPPED, mistake
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import (
    TRUE,
    Equal,
    Expression,
    Field,
    Literal,
    Read,
    Sort,
    conjunction,
    disjunction,
    negation,
    rebuilt,
    same_kind,
)
from tdispmodel.ir.model import NOWHERE, Component, Kind, Model, Property
from tdispmodel.ir.system import System, SystemAction, SystemProperty, within
from tdispmodel.printing import compact
from tdispmodel.reading import Mapped
from tdispmodel.reports.refinement import Refinement
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.semantics.grounding import Scope, ground, ground_properties, instances
from tdispmodel.source import did_you_mean
from tdispmodel.verdict import Answer, Result, Trace, Verdict

CHECK_EVERY = 256
"""Limits are looked at once per so many start states."""

Meaning = Mapping[str, Expression]
"""What each flat variable of the abstract system is, over the variables of the full one before the step."""


@dataclass(frozen=True)
class View:
    """The full system seen as the abstract one: once, or once for each instance that the abstract model may be."""

    full: System
    abstract: System
    meaning: Meaning

    def stutters(self) -> Expression:
        """The step leaves the abstract state as it is."""
        return conjunction(*(equal(primed(value), value) for value in self.meaning.values()))

    def takes(self, action: SystemAction) -> Expression:
        """The step is this action of the abstract system, which leads to a state of it."""
        assigned = {one.variable: self.seen(one.value) for one in action.assignments}
        effects = [equal(primed(value), assigned.get(name, value)) for name, value in self.meaning.items()]
        return conjunction(self.seen(action.guard), *effects, *self.inside(after=True))

    def starts(self) -> Expression:
        """The abstract state is a start state."""
        choices = [
            disjunction(*(equal(self.meaning[known.name], Literal(value, known.sort)) for value in known.initial))
            for known in self.abstract.variables
        ]
        return conjunction(self.seen(self.abstract.initially), *choices, *self.inside(after=False))

    def inside(self, *, after: bool) -> list[Expression]:
        """Each value is one that the abstract variable can have."""
        values = {name: primed(value) if after else value for name, value in self.meaning.items()}
        return [within(values[known.name], known.sort) for known in self.abstract.variables]

    def seen(self, formula: Expression) -> Expression:
        """A formula of the abstract system over the variables of the full one."""
        return rebuilt(formula, lambda node: self.meaning[node.name] if isinstance(node, Read) else None)


def primed(expression: Expression) -> Expression:
    """Return the expression about the state after the step."""
    return rebuilt(expression, lambda node: Read(node.name, node.of, True) if isinstance(node, Read) else None)


def equal(left: Expression, right: Expression) -> Expression:
    """Return whether two values are the same, folded where constants decide it."""
    return rebuilt(Equal(left, right), lambda _: None)


def refine(
    full: Model, abstract: Model, mapped: Sequence[Mapped], plan: Plan, progress: Progress = silent
) -> Refinement:
    """Return whether every step of ``full`` is a step or a stutter of ``abstract``, with a shortest trace when not.

    A variable that ``mapped`` does not name is the variable of this name in ``full``.  Raises `Rejected` when there is
    none or it has other values, when an integer of ``full`` can leave its range, and `OurFault`.
    """
    views = seen(full, abstract, mapped, plan)
    system = views[0].full
    texts = tuple((name, compact(value)) for name, value in views[0].meaning.items()) if len(views) == 1 else ()
    if not texts:
        texts = tuple(
            (f"{name}, {n}", compact(value)) for n, one in enumerate(views) for name, value in one.meaning.items()
        )
    limits = plan.limits()
    wrong = no_start(views, full.name, abstract, limits)
    if wrong is not None:
        return Refinement(full.name, abstract.name, texts, wrong)
    steps = [
        asked(f"refines_{abstract.name}", disjunction(one.stutters(), *map(one.takes, one.abstract.actions)))
        for one in views
    ]
    occurs = {
        action.name: tuple(
            asked(f"never_{action.name}", negation(conjunction(one.takes(action), negation(one.stutters()))))
            for one in views
        )
        for action in views[0].abstract.actions
    }
    group = Group(system, {about("refines"): tuple(steps)} | {about(name): parts for name, parts in occurs.items()})
    result, *others = check_group(full.name, group, replace(plan, seconds=limits.remaining()), progress)
    answers = dict(zip(occurs, (other.verdict.answer for other in others), strict=True))
    return Refinement(
        full.name,
        abstract.name,
        texts,
        result,
        moved(views[steps.index(result.verdict.property)], result.verdict.trace),
        tuple(name for name, answer in answers.items() if answer is Answer.VIOLATED),
        tuple(name for name, answer in answers.items() if answer is Answer.HOLDS),
    )


def about(name: str) -> Property:
    """Return the key under which questions are asked."""
    return Property(name, "", Kind.STEP, "", TRUE)


def asked(name: str, formula: Expression) -> SystemProperty:
    """Return the question whether a formula is true of every step."""
    return SystemProperty(name, "", Kind.STEP, formula)


def no_start(views: Sequence[View], name: str, abstract: Model, limits: Limits) -> Result | None:
    """Return the violated verdict on a start state that is none of the abstract model; None when all are.

    It is open when not all of them could be looked at.
    """
    semantics = Semantics(views[0].full)
    questions = [
        SystemProperty(f"starts_as_{abstract.name}", "", Kind.INVARIANT, formula)
        for formula in dict.fromkeys(view.starts() for view in views)
    ]
    verdict: Verdict | None = None
    try:
        for number, state in enumerate(start_states(semantics)):
            refused = next((asked for asked in questions if not semantics.holds(asked.formula, state)), None)
            if refused is not None:
                verdict = Verdict(refused, Answer.VIOLATED, "semantics", trace=Trace(state), shortest=True)
                break
            if number % CHECK_EVERY == CHECK_EVERY - 1 and limits.out_of_time():
                reason = f"out of time after {limits.seconds:g} s, with {number + 1} start states looked at"
                verdict = Verdict(questions[0], Answer.OPEN, "semantics", reason=reason)
                break
    except TooManyStarts as many:
        verdict = Verdict(questions[0], Answer.OPEN, "semantics", reason=many.words)
    return None if verdict is None else Result(name, views[0].full, verdict)


def moved(view: View, trace: Trace | None) -> tuple[tuple[str, bool | int | str, bool | int | str], ...]:
    """Return the abstract variables before and after the last step of a counterexample."""
    if trace is None:
        return ()
    semantics = Semantics(view.full)
    before, after = trace.states[-2:]
    return tuple(
        (name, semantics.value(value, before), semantics.value(value, after)) for name, value in view.meaning.items()
    )


def seen(full: Model, abstract: Model, mapped: Sequence[Mapped], plan: Plan) -> list[View]:
    """Return the views: one, or one for each instance of the full model that the abstract model may be a view of.

    Raises `Rejected` when a variable has no value, or when numbers of instances do not fit.
    """
    scope = Scope(plan.devices, plan.constants, plan.without)
    system, small = ground(full, scope), ground(abstract, Scope(plan.devices))
    by_name = {one.name: one for one in mapped}
    values: dict[str, tuple[Expression, ...]] = {}
    for component in abstract.components:
        owners = [known.name for known in instances(abstract, plan.devices) if known.component is component]
        for variable in component.variables:
            one = by_name.get(variable.name) or same_name(full, abstract, variable.name, variable.sort)
            if not same_kind(one.formula.sort, variable.sort):
                message = (
                    f"{variable.name} of {abstract.name} is {variable.sort}, not {one.formula.sort} as in {full.name}"
                )
                raise mistake(UNMAPPED, message, "map it with --map", one.place)
            found = grounded(full, one, scope)
            if len(owners) not in (1, len(found)):
                message = f"{len(found)} of {one.about} cannot be {len(owners)} of {component.name}"
                raise mistake(UNMAPPED, message, "ask with another number of devices")
            for position, owner in enumerate(owners):
                name = f"{owner}.{variable.name}" if owner else variable.name
                values[name] = found if len(owners) == 1 else (found[position],)
    counts = {len(parts) for parts in values.values()} - {1}
    if len(counts) > 1:
        raise mistake(
            UNMAPPED, f"{abstract.name} would be a view of different numbers of instances", "map it with --map"
        )
    return [
        View(system, small, {name: parts[number % len(parts)] for name, parts in values.items()})
        for number in range(max(counts, default=1))
    ]


def same_name(full: Model, abstract: Model, name: str, sort: Sort) -> Mapped:
    """Return the variable of the full model that has the name of an abstract one, the root's before those of parts.

    Raises `Rejected` when none, or more than one part, has a variable of this name and sort.
    """

    def has(component: Component) -> bool:
        return any(known.name == name and same_kind(known.sort, sort) for known in component.variables)

    root = full.component(full.root)
    owners = [root] if has(root) else [component for component in full.components if has(component)]
    if len(owners) != 1:
        all_names = sorted({known.name for component in full.components for known in component.variables})
        how = "no variable" if not owners else "more than one variable"
        message = f"{full.name} has {how} {name} of sort {sort}, which {abstract.name} has"
        raise mistake(UNMAPPED, message, f"map it with --map; {did_you_mean(name, all_names)}")
    known = next(known for known in owners[0].variables if known.name == name)
    return Mapped(name, owners[0].name, Field("now", name, known.sort), NOWHERE)


def grounded(full: Model, one: Mapped, scope: Scope) -> tuple[Expression, ...]:
    """Return the value of an abstract variable for each instance that its function is about."""
    wanted = Property(one.name, "", Kind.INVARIANT, one.about, one.formula)
    return tuple(question.formula for question in ground_properties(full, wanted, scope))
