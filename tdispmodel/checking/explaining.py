"""One thing explained: what it is, where it comes from, what the debate says about it, and the verdicts that answer.

Given the indexes of a catalogue and a word of the command line; gives explanations that are ready to be shown.
Verdicts come from the pipeline, for the cells that matter only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tdispmodel.checking.constants import by_name, can_be_set
from tdispmodel.checking.debate import ALL, Statement, Variant
from tdispmodel.checking.helpers import replaced
from tdispmodel.checking.loading import BASE
from tdispmodel.checking.mistakes import CATALOGUE as OF_THE_COMMAND_LINE
from tdispmodel.checking.pipeline import Request, Run
from tdispmodel.checking.topics import COMPLAINTS, PROGRAM, Known
from tdispmodel.checking.uses import Member, asked_about, assigned, constants_read, derives, owner_of_constant
from tdispmodel.ir.expressions import And, Enumeration, Not, Sort, Took
from tdispmodel.ir.model import Action, Component, Constant, Model, Property, Variable
from tdispmodel.printing import actor_text, changed_actions, effects_text, guards_text
from tdispmodel.reports.explanation import EACH_KIND, Asked, Explanation, Fact, Question, Said
from tdispmodel.reports.options import Options
from tdispmodel.semantics.grounding import Scope, ground, ground_properties, ground_property
from tdispmodel.source import Rejected

Ask = Callable[[Request], Run]
"""Runs the pipeline."""

FAMILIES = {
    "E1": "files, syntax, imports",
    "E2": "names",
    "E3": "declarations and types",
    "E4": "actions and patches",
    "E5": "properties",
    "E6": "the command line",
    "E7": "stored counterexamples",
    "E9": "faults of tdispmodel itself",
}
"""What the complaints of a family are about."""

TOOL = "tdispmodel"


@dataclass(frozen=True)
class Cells:
    """Verdicts that belong to an explanation: of which proposals and properties (empty: all), under what variants."""

    proposals: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


def explanations(known: Known, text: str, ask: Ask | None = None) -> list[Explanation]:
    """Return what there is to say about everything that ``text`` means; without ``ask`` no verdicts are given.

    Raises `Rejected` for a word that means nothing, and when the catalogue cannot be read.
    """
    found = []
    for topic in known.meant(text):
        explanation, cells = BY_KIND[topic.kind](known, topic.name)
        if cells is not None and ask is not None:
            explanation = replace(explanation, verdicts=tuple(answers(known, cells, ask)))
        found.append(explanation)
    return found


def answers(known: Known, cells: Cells, ask: Ask) -> list[Asked]:
    """Return the verdicts of ``cells``, one report for each set of assumptions.

    A proposal that fixes a constant of a variant, or lacks it, is left out there.
    Raises `Rejected` when the pipeline complains.
    """
    wanted = cells.proposals or tuple(known.catalogue.proposals)
    found = (asked_under(known, variant, wanted, cells.properties, ask) for variant in (Variant(), *cells.variants))
    return [asked for asked in found if asked is not None]


def asked_under(
    known: Known, variant: Variant, wanted: Iterable[str], properties: tuple[str, ...], ask: Ask
) -> Asked | None:
    """Return the verdicts under one set of assumptions (all properties where none is named), None if none can be asked.

    Raises `Rejected` when the pipeline complains.
    """
    proposals = tuple(name for name in wanted if _fits(known, name, variant))
    if not proposals:
        return None
    settings = dict(variant.settings)
    ran = ask(Request(known.catalogue, proposals, only=properties or None, settings=settings, without=variant.without))
    if ran.report.complaints:
        raise Rejected(ran.report.complaints)
    return Asked(ran.report, Options(defaults=ran.defaults))


def _fits(known: Known, proposal: str, variant: Variant) -> bool:
    if not variant.settings or proposal not in known.proposals:
        return True
    return can_be_set(known.proposals[proposal].model, (name for name, _ in variant.settings))


# --- the kinds of topic ----------------------------------------------------------------------------------------------

Explained = tuple[Explanation, Cells | None]


def _statement(known: Known, name: str) -> Explained:
    statement = known.statements[int(name)]
    said = ", ".join(filter(None, (statement.who, statement.when)))
    facts = [
        Fact("Properties", tuple(f"{known.codes.get(each, '')} {each}".strip() for each in statement.properties)),
        Fact("Actions", statement.actions),
        Fact("Helpers", statement.helpers),
        Fact("Variables", statement.variables),
        Fact("Constants", statement.constants),
        Fact("Proposals", statement.proposals),
    ]
    explanation = Explanation(
        title=f"statement {statement.number}",
        kind=statement.standing,
        quote=statement.quote,
        texts=(f"{said}; {statement.where}", f"Message-ID: {statement.message}" if statement.message else ""),
        facts=tuple(fact for fact in facts if fact.items),
        remarks=tuple(
            (label, text)
            for label, text in (("Left out", statement.not_modelled), ("Answer", statement.answer))
            if text
        ),
        commands=_next(known, statement),
    )
    if not statement.properties:
        return explanation, None
    asked_of = statement.asked_of or statement.proposals
    proposals = () if ALL in asked_of else asked_of
    return explanation, Cells(proposals, statement.properties, statement.variants)


def _next(known: Known, statement: Statement) -> tuple[tuple[str, ...], ...]:
    """Return the commands that lead on from a statement: to its first property, or else to what models it."""
    if statement.properties:
        first = statement.properties[0]
        return ((TOOL, "explain", known.codes.get(first, first)),)
    if statement.proposals:
        return ((TOOL, "explain", statement.proposals[0]), (TOOL, "show", statement.proposals[0]))
    named = [*statement.actions, *statement.constants, *statement.variables]
    return ((TOOL, "explain", named[0]),) if named else ()


def _property(known: Known, name: str) -> Explained:
    found = known.property(name)
    said = _about(known, "properties", name)
    if found is None:
        code = known.codes[name]
        texts = ("No proposal of the catalogue has what it speaks of.",)
        return Explanation(f"{code} {name}", "not applicable", texts=texts, statements=said), None
    model, wanted = found
    of = (model.name,) if model.name in known.others else ()
    facts = []
    if wanted.given:
        facts.append(Fact("Asked with", tuple(f"{constant}={value}" for constant, value in wanted.given)))
    if wanted.needs:
        facts.append(Fact("Needs", wanted.needs))
    explanation = Explanation(
        title=f"{wanted.code} {wanted.name}",
        kind=EACH_KIND[wanted.kind],
        texts=(wanted.text, _source(wanted.source)),
        question=_question(known, model, wanted),
        facts=tuple(facts),
        statements=said,
        commands=((TOOL, *(("check", *of) if of else ("matrix",)), "-k", wanted.code or wanted.name),),
    )
    return explanation, Cells(of, (wanted.name,))


def _question(known: Known, model: Model, wanted: Property) -> Question:
    """Return a property as it is asked of one device, which is how traces tell it.

    Where it asks of one device that a step be and not be the same, it is about another one: it is asked of two.
    """
    given = dict(wanted.given)
    asked = ground_property(model, wanted, Scope(1, given))
    if not any(isinstance(part, And) and _contradicts(part) for part in asked.formula.walk()):
        return Question(known.system(model, wanted.given), asked)
    scope = Scope(2, given)
    return Question(ground(model, scope), ground_properties(model, wanted, scope)[0])


def _contradicts(part: And) -> bool:
    return any(
        isinstance(one, Not) and isinstance(one.operand, Took) and one.operand in part.operands for one in part.operands
    )


def _action(known: Known, name: str) -> Explained:
    owned = known.actions[name]
    action = owned.action
    if action is None:
        raise KeyError(name)
    changes = {proposal: known.changes(proposal, owned.model).get(name) for proposal in known.proposals}
    changed = [f"{proposal} ({word})" for proposal, word in changes.items() if word]
    facts = [Fact("Takes", tuple(f"{each.name}: {each.kind}" for each in action.parameters))]
    facts += [Fact("Requires", guards_text(action), apart=True), Fact("Does", effects_text(action), apart=True)]
    facts.append(Fact("Changed by", tuple(changed)))
    if owned.model is not known.base.model:
        facts.insert(0, Fact("Only in", _added_by(known, owned.model)))
    explanation = Explanation(
        title=name,
        kind=f"action, by {actor_text(action)}",
        texts=(action.text, _source(action.source)),
        facts=tuple(fact for fact in facts if fact.items),
        statements=_about(known, "actions", name),
    )
    return explanation, None


def _added_by(known: Known, model: Model) -> tuple[str, ...]:
    models = {**known.proposals, **known.others}
    return tuple(name for name, loaded in models.items() if loaded.model is model)


def _helper(known: Known, name: str) -> Explained:
    replacing = tuple(proposal for proposal, path in known.catalogue.proposals.items() if name in replaced(path))
    explanation = Explanation(
        title=name,
        kind="helper of the base model",
        texts=(known.helpers[name],),
        facts=(Fact("Replaced by", replacing),) if replacing else (),
        statements=_about(known, "helpers", name),
    )
    return explanation, None


def _variable(known: Known, name: str) -> Explained:
    owned = known.variables[name]
    variable = owned.variable
    if variable is None:
        raise KeyError(name)
    start = "anything" if variable.initial == variable.sort.values else " or ".join(map(str, variable.initial))
    member = (owned.component.name, variable.name)
    facts = [
        Fact("Only in", () if owned.model is known.base.model else _added_by(known, owned.model)),
        Fact("Values", (_values(variable.sort),)),
        Fact("Start", (start,)),
        _hidden_from(variable),
        Fact("Assigned by", _actions(known, owned.model, lambda *action: member in assigned(*action))),
        Fact("Asked in", _asked_in(known, owned.model, member)),
    ]
    explanation = Explanation(
        title=name,
        kind=f"variable of {owned.component.name}",
        texts=(variable.text,),
        facts=tuple(fact for fact in facts if fact.items),
        statements=_about(known, "variables", name),
    )
    return explanation, None


def _hidden_from(known: Variable | Constant) -> Fact:
    return Fact("Hidden from", tuple(sorted(actor.value.replace("_", " ") for actor in known.hidden_from)))


def _actions(known: Known, owner: Model, wanted: Callable[[Model, Component, Action], bool]) -> tuple[str, ...]:
    """Return the wanted actions of ``owner`` and of the models that change it, by full name.

    One of them that is wanted only as a proposal has it is followed by the first such proposal.
    """
    found: dict[str, str] = {}
    for model in sorted(known.models, key=lambda model: model is not owner):
        for component in model.components if derives(model, owner) else ():
            for action in component.actions:
                full = next(name for part in component.lineage if (name := f"{part}.{action.name}") in known.actions)
                if wanted(model, component, action):
                    own = model is owner or known.actions[full].model is model
                    found.setdefault(full, full if own else f"{full} ({model.name})")
    return tuple(found.values())


def _asked_in(known: Known, owner: Model, member: Member) -> tuple[str, ...]:
    """Return the properties that speak of a variable, of all that are asked of a model that has it."""
    found = {
        (wanted.code, wanted.name)
        for loaded in known.with_properties()
        for wanted in (loaded.properties if derives(loaded.model, owner) else ())
        if member in asked_about(loaded.model, wanted)
    }
    return tuple(f"{code} {name}" for code, name in sorted(found))


def _constant(known: Known, name: str) -> Explained:
    constant = known.constants[name]
    fixed = [
        f"{proposal}={known_here.value}"
        for proposal, loaded in known.proposals.items()
        if (known_here := by_name(loaded.model).get(name)) is not None and known_here.fixed
    ]
    owner = next(model for model in known.models if name in by_name(model))
    member = (owner_of_constant(owner, name).name, constant.name)
    facts = [
        Fact("Values", (_values(constant.sort),)),
        Fact("Default", (str(constant.value),)),
        _hidden_from(constant),
        Fact("Fixed by", tuple(fixed)),
        Fact("Read by", _actions(known, owner, lambda *action: member in constants_read(*action))),
    ]
    free = [proposal for proposal, loaded in known.proposals.items() if can_be_set(loaded.model, [name])]
    others = [value for value in constant.sort.values if value != constant.value]
    command = (TOOL, "check", free[0], "--set", f"{name}={others[0]}") if free and others else ()
    explanation = Explanation(
        title=name,
        kind="constant of each instance" if "." in name else "constant",
        texts=(constant.text,),
        facts=tuple(fact for fact in facts if fact.items),
        statements=_about(known, "constants", name),
        commands=(command,) if command else (),
    )
    return explanation, None


def _values(sort: Sort) -> str:
    return " ".join(sort.members) if isinstance(sort, Enumeration) else str(sort)


def _proposal(known: Known, name: str) -> Explained:
    loaded = known.proposals[name]
    model, base = loaded.model, loaded.base
    old = by_name(base)
    fixed = tuple(
        f"{full}={constant.value}"
        for full, constant in by_name(model).items()
        if constant.fixed and not (full in old and old[full].fixed)
    )
    changed = changed_actions(model, base)
    added = [full for full, owned in known.actions.items() if owned.model is model]
    added += [full for full, owned in known.variables.items() if owned.model is model]
    facts = [
        Fact("Changes", (base.root,)),
        Fact("Fixes", fixed),
        *(
            Fact(word.capitalize(), tuple(action for action, done in changed.items() if done == word))
            for word in dict.fromkeys(changed.values())
        ),
        Fact("Adds", tuple(added)),
    ]
    explanation = Explanation(
        title=name,
        kind="proposal",
        texts=(model.claim, *_paragraphs(model)),
        facts=tuple(fact for fact in facts if fact.items),
        statements=_about(known, "proposals", name),
        by_verdict=True,
        commands=((TOOL, "show", name), (TOOL, "check", name)),
    )
    return explanation, Cells(proposals=(name,))


def _model(known: Known, name: str) -> Explained:
    loaded = known.base if name == BASE.stem else known.others[name]
    model = loaded.model
    facts = [
        Fact("Components", tuple(component.name for component in model.components)),
        Fact("Constants", tuple(by_name(model))),
        Fact("Properties", tuple(f"{wanted.code} {wanted.name}".strip() for wanted in loaded.properties)),
    ]
    explanation = Explanation(
        title=name,
        kind="model of the package",
        texts=(model.claim, *_paragraphs(model)),
        facts=tuple(fact for fact in facts if fact.items),
        commands=((TOOL, "show", name), (TOOL, "check", name)),
    )
    return explanation, None


def _of_the_program(_known: Known, name: str) -> Explained:
    return Explanation(name, PROGRAM[name][0], texts=(PROGRAM[name][1],)), None


def _paragraphs(model: Model) -> list[str]:
    """Return what the root's docstring says beyond the claim."""
    text = " ".join(model.component(model.root).text.split())
    return [text.removeprefix(model.claim).strip()] if text != model.claim else []


def _complaint(_known: Known, name: str) -> Explained:
    page = "docs/command-line.md" if name in OF_THE_COMMAND_LINE else "docs/complaints.md"
    meaning = COMPLAINTS[name]
    texts = (f"{meaning[:1].upper()}{meaning[1:]}.", f"See {page}.")
    return Explanation(name, f"complaint about {FAMILIES.get(name[:2], 'input')}", texts=texts), None


BY_KIND: dict[str, Callable[[Known, str], Explained]] = {
    "statement": _statement,
    "property": _property,
    "action": _action,
    "helper": _helper,
    "variable": _variable,
    "constant": _constant,
    "proposal": _proposal,
    "complaint": _complaint,
    "model": _model,
    "program": _of_the_program,
}
"""How each kind of topic is explained."""


def _source(source: str) -> str:
    return f"Source: {source}" if source else ""


def _about(known: Known, kind: str, name: str) -> tuple[Said, ...]:
    """Return the statements that name something."""
    return tuple(
        Said(statement.number, statement.quote, statement.who)
        for statement in known.statements.values()
        if name in getattr(statement, kind)
    )
