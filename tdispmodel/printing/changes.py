"""What a proposal changed on its base, in terse lines of at most 72 ASCII columns.

Given two models, of which the second need not be an ancestor of the first; gives the text for ``tdispmodel show``:
constants fixed, variables new or with a moved start value, actions added, removed, replaced and restricted.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from tdispmodel.ir.expressions import TRUE, Expression, Fairness, Field, rebuilt
from tdispmodel.ir.model import Action, Component, Constant, Guard, Model, Update, Variable
from tdispmodel.printing.formulas import compact, value_text

WIDTH = 72
LONG = 120
"""Two texts that are longer together are told in brief where they are much alike."""
MUCH = 0.6
HEAD = 5
NEAR = 2
"""So many words at the start, and beside each change, are told in brief."""


def changes_text(model: Model, base: Model, *, brief: bool = False) -> str:
    """Return what ``model`` changed on ``base``, or a line that says that it changed nothing; ends with a newline.

    With ``brief`` a long condition or value that is much like the one before is told once, with what is new in it as
    ``{+so+}``, what is gone as ``[-so-]``, and without most of what is the same.
    """
    lines = [line for part in _changes(model, base, brief=brief) for line in part]
    return "\n".join(_ascii(line) for line in lines or ["changes nothing"]) + "\n"


def changed_actions(model: Model, base: Model) -> dict[str, str]:
    """Return what ``model`` did to actions of ``base``, by their names: ``{"Guest.start_initrd": "replaced"}``.

    An action that came out differently because a helper was replaced is ``changed``; one that is gone is ``removed``.
    """
    found: dict[str, str] = {}
    for old in base.components:
        component = next((known for known in model.components if _counterpart(known, base) is old), None)
        after = {(action.owner, action.name): action for action in (component.actions if component else ())}
        for before in old.actions:
            action = after.get((before.owner, before.name))
            if action is None:
                found[f"{old.name}.{before.name}"] = "removed"
            elif _changed(action, before) or action.patched != before.patched:
                found[f"{old.name}.{before.name}"] = _word(action, before).removesuffix(":")
    return found


def guards_text(action: Action) -> tuple[str, ...]:
    """Return the conditions under which an action can happen, each in the short form of `compact`."""
    return tuple(compact(condition) for condition in _conditions(action.guards))


def effects_text(action: Action) -> tuple[str, ...]:
    """Return what an action assigns: ``device.driver := OPERATING``; what keeps its value is left out."""
    return tuple(f"{target} := {compact(value)}" for target, value in _effects(action).items())


def hidden_text(known: Variable | Constant) -> str:
    """Return who cannot see a variable or constant, ``, hidden from host, kernel``; nothing if all can."""
    names = sorted(actor.value.replace("_", " ") for actor in known.hidden_from)
    return f", hidden from {', '.join(names)}" if names else ""


def _changes(model: Model, base: Model, *, brief: bool) -> Iterator[list[str]]:
    yield from _constants(model.constants, base.constants, "")
    for component in model.components:
        old = _counterpart(component, base)
        label = component.name if old is None or old.name == component.name else old.name
        if old is None:
            yield _line(0, f"new component {component.name}")
            old = Component(component.name, component.lineage)
        elif component.name != old.name:
            yield _line(0, f"{component.name}: changes to {old.name}")
        yield from _constants(component.constants, old.constants, f"{label}.")
        yield from _parts(component, old, label)
        yield from _variables(component, old, label)
        yield from _actions(component, old, label, brief=brief)
    kept = {id(_counterpart(component, base)) for component in model.components}
    yield from (_line(0, f"removed component {gone.name}") for gone in base.components if id(gone) not in kept)
    for word, conditions, others in (("new", model, base), ("dropped", base, model)):
        for condition in conditions.initially:
            if condition not in others.initially:
                yield _line(0, f"{word} start condition: {compact(condition)}")
    old_names = {wanted.name for wanted in base.properties}
    yield from (_line(0, f"new property {known.name}") for known in model.properties if known.name not in old_names)


def _counterpart(component: Component, base: Model) -> Component | None:
    """Return the component of ``base`` that ``component`` is or derives from."""
    for ancestor in component.lineage:
        for known in base.components:
            if known.name == ancestor:
                return known
    return next((known for known in base.components if set(known.lineage) & set(component.lineage)), None)


def _constants(now: Iterable[Constant], before: Iterable[Constant], owner: str) -> Iterator[list[str]]:
    known = {constant.name: constant for constant in before}
    for constant in now:
        old = known.pop(constant.name, None)
        text = f"{owner}{constant.name} = {_value(constant)}"
        if old is None:
            yield _line(0, f"new constant {text} ({constant.sort}){hidden_text(constant)}")
            continue
        if constant.fixed and not old.fixed:
            yield _line(0, f"constant fixed: {text}" + ("" if old.value == constant.value else f" (was {_value(old)})"))
        elif old.value != constant.value:
            yield _line(0, f"constant moved: {text} (was {_value(old)})")
        if old.hidden_from != constant.hidden_from:
            yield _line(0, f"constant {owner}{constant.name}{hidden_text(constant) or ' is seen by all'}")
    yield from (_line(0, f"constant dropped: {owner}{name}") for name in known)


def _value(constant: Constant) -> str:
    return value_text(constant.value, constant.sort)


def _parts(component: Component, old: Component, label: str) -> Iterator[list[str]]:
    known = {part.name: part for part in old.parts}
    for part in component.parts:
        before = known.pop(part.name, None)
        kind = f"each {part.kind}" if part.many else part.kind
        if before is None:
            yield _line(0, f"new part {label}.{part.name}: {kind}")
        elif before != part:
            yield _line(0, f"part {label}.{part.name} is {kind} (was {before.kind})")
    yield from (_line(0, f"part dropped: {label}.{name}") for name in known)


def _variables(component: Component, old: Component, label: str) -> Iterator[list[str]]:
    known = {variable.name: variable for variable in old.variables}
    for variable in component.variables:
        before = known.pop(variable.name, None)
        name = f"{label}.{variable.name}"
        if before is None:
            yield _line(0, f"new variable {name}: {variable.sort} = {_start(variable)}{hidden_text(variable)}")
            continue
        if before.sort != variable.sort:
            yield _line(0, f"{name} is {variable.sort} (was {before.sort})")
        if before.initial != variable.initial:
            yield _line(0, f"{name} starts as {_start(variable)} (was {_start(before)})")
        if before.hidden_from != variable.hidden_from:
            yield _line(0, f"{name}{hidden_text(variable) or ' is seen by all'}")
    yield from (_line(0, f"variable dropped: {label}.{name}") for name in known)


def _start(variable: Variable) -> str:
    if len(variable.initial) > 1 and variable.initial == variable.sort.values:
        return "anything"
    return " or ".join(str(value) for value in variable.initial)


# --- actions ---------------------------------------------------------------------------------------------------------


def _actions(component: Component, old: Component, label: str, *, brief: bool) -> Iterator[list[str]]:
    known = {(action.owner, action.name): action for action in old.actions}
    for action in component.actions:
        before = known.pop((action.owner, action.name), None)
        name = f"{label}.{action.name}"
        if before is None:
            yield _added(action, name)
        elif (changed := _changed(action, before, brief=brief)) or action.patched != before.patched:
            yield [*_line(0, f"{_word(action, before)} {name}"), *changed]
    yield from (_line(0, f"removed {label}.{name}") for _, name in known)


def _added(action: Action, name: str) -> list[str]:
    parameters = ", ".join(parameter.name for parameter in action.parameters)
    lines = _line(0, f"added {name}({parameters}), by {actor_text(action)}")
    lines += _line(2, action.text) if action.text else []
    lines += [line for known in _conditions(action.guards) for line in _line(2, f"requires {compact(known)}")]
    effects = _effects(action).items()
    return lines + [line for target, value in effects for line in _line(2, f"{target} := {compact(value)}")]


def actor_text(action: Action) -> str:
    """Return who takes an action, and what it is promised where that is not what its actor's actions are."""
    promised = {Fairness.NONE: ", not fair", Fairness.WEAK: ", fair", Fairness.STRONG: ", strongly fair"}
    unusual = "" if action.fairness is action.actor.fairness else promised[action.fairness]
    return action.actor.value.replace("_", " ") + unusual


def _word(action: Action, before: Action) -> str:
    """Return how an action was changed; a restriction that did more, through a helper say, is not called one."""
    if action.patched != "restricted":
        return action.patched or "changed"
    kept = _conditions(action.guards)
    only_restricted = all(known in kept for known in _conditions(before.guards))
    same = _effects(action) == _effects(before) and (action.actor, action.fairness) == (before.actor, before.fairness)
    return "restricted" if only_restricted and same else "restricted, and otherwise changed:"


def _changed(action: Action, before: Action, *, brief: bool = False) -> list[str]:
    """Return what differs in who acts, in guards and in effects: removed with ``-``, added with ``+``."""
    lines: list[str] = []
    if (action.actor, action.fairness) != (before.actor, before.fairness):
        lines += _line(2, f"by {actor_text(action)} (was {actor_text(before)})")
    if action.parameters != before.parameters:
        kinds = (", ".join(f"{known.name}: {known.kind}" for known in each.parameters) for each in (action, before))
        lines += _line(2, "takes ({}) (was ({}))".format(*kinds))
    old_guards, guards = _conditions(before.guards), _conditions(action.guards)
    gone = [f"requires {compact(known)}" for known in old_guards if known not in guards]
    new = [f"requires {compact(known)}" for known in guards if known not in old_guards]
    lines += _pairs(gone, new, brief=brief)
    old_effects, effects = _effects(before), _effects(action)
    for target in dict.fromkeys((*old_effects, *effects)):
        if old_effects.get(target) != effects.get(target):
            pair = (
                [f"{target} := {compact(mine[target])}"] if target in mine else [] for mine in (old_effects, effects)
            )
            lines += _pairs(*pair, brief=brief)
    return lines


def _pairs(gone: list[str], new: list[str], *, brief: bool) -> list[str]:
    """Return what is gone and what is new; in brief what is much alike together."""
    lines: list[str] = []
    left = list(new)
    for text in gone:
        mates = [other for other in left if brief and len(text) + len(other) > LONG and _alike(text, other) > MUCH]
        if mates:
            best = max(mates, key=lambda other: _alike(text, other))
            left.remove(best)
            lines += _line(2, f"~ {_words_changed(text, best)}")
        else:
            lines += _line(2, f"- {text}")
    return lines + [line for text in left for line in _line(2, f"+ {text}")]


def _alike(text: str, other: str) -> float:
    return SequenceMatcher(None, text.split(), other.split(), autojunk=False).ratio()


def _words_changed(text: str, other: str) -> str:
    """Return two texts as one, in which what is the same far from a change is ``...``."""
    old, new = text.split(), other.split()
    shown: list[str] = []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (kind, first, last, begin, end) in enumerate(blocks):
        if kind == "equal":
            words = old[first:last]
            head = HEAD if number == 0 else NEAR
            tail = 0 if number == len(blocks) - 1 else NEAR
            cut = len(words) > head + tail + 1
            shown += [*words[:head], "...", *words[len(words) - tail :]] if cut else words
            continue
        if last > first:
            shown.append(f"[-{' '.join(old[first:last])}-]")
        if end > begin:
            shown.append(f"{{+{' '.join(new[begin:end])}+}}")
    return " ".join(shown)


def _folded(expression: Expression) -> Expression:
    """Return an expression without the constants that helpers and procedures left in it: ``x`` for ``x and True``."""
    return rebuilt(expression, lambda _: None)


def _conditions(guards: tuple[Guard, ...]) -> list[Expression]:
    folded = (_folded(guard.condition) for guard in guards)
    return [condition for condition in folded if condition != TRUE]


def _effects(action: Action) -> dict[str, Expression]:
    """Return what is assigned, by the text of its target; what keeps its value is left out."""
    found = {}
    for update in action.updates:
        value = _folded(update.value)
        if not (isinstance(value, Field) and (value.instance, value.variable) == (update.instance, update.variable)):
            found[_target(update)] = value
    return found


def _target(update: Update) -> str:
    owner = "" if update.instance == "self" else f"{update.instance.removeprefix('self.')}."
    every = "" if update.each is None else f"for {update.each[0]} in {update.each[1]}: "
    return f"{every}{owner}{update.variable}"


def _line(indent: int, text: str) -> list[str]:
    """Return ``text`` in lines of at most 72 columns; what is continued is indented further."""
    margin = " " * indent
    further = margin + "    "
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent=margin, subsequent_indent=further) or [margin]


def _ascii(line: str) -> str:
    return line.encode("ascii", "replace").decode("ascii")
