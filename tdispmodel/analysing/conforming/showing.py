"""The table, for one system: what each of its steps shows, as a mask of numbered items.

Given a system, the items that matter and whether the logs are complete; gives `Showing`, which answers for a step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tdispmodel.analysing.conforming.observations import Item
from tdispmodel.analysing.conforming.table import ABOUT_NO_DEVICE, FACTS, FORMS, RULES, Event, Rule, When
from tdispmodel.ir.expressions import Expression, Literal, Value
from tdispmodel.ir.system import State, System, SystemAction

INSTANCE = re.compile(r"devices\[(\d+)\]")
DEVICE = "device."
RESULT = "result"


class Condition(NamedTuple):
    """A `When` of one system: the position of its variable, and the values it may have before and after (None: any)."""

    position: int
    before: frozenset[Value] | None
    after: frozenset[Value] | None


class Shown(NamedTuple):
    """What a step shows where the conditions hold: a mask of items, and those of them that it always shows."""

    conditions: tuple[Condition, ...]
    items: int
    certain: int


class Showing:
    """What the steps and states of a system show.

    ``number`` numbers the items; ``gone[n]``: what can no longer follow item n in the same step, itself among it.
    ``keys``: what a log that is complete always shows, see `key`; empty where anything may be missing.
    """

    def __init__(self, system: System, items: Iterable[Item], keys: frozenset[str]) -> None:
        self.system = system
        self.keys = keys
        self.items = tuple(sorted(set(items)))
        self.number = {item: number for number, item in enumerate(self.items)}
        self.gone = [
            sum(1 << other for other, known in enumerate(self.items) if not_after(known, item)) for item in self.items
        ]
        self.devices = sorted({int(found) for known in system.variables for found in INSTANCE.findall(known.name)})
        self.result = system.index.get(RESULT)
        self.by_action = [self._of_action(action) for action in system.actions]
        self.facts = self._facts()
        self.markers = [self._markers(action) for action in system.actions]

    def step(self, before: State, action: int, after: State) -> tuple[int, int]:
        """Return what a step shows: all of it, and what it always shows."""
        items = certain = 0
        for shown in self.by_action[action]:
            if holds(shown.conditions, before, after):
                items |= shown.items
                certain |= shown.certain
        marks = self.markers[action]
        if marks:
            mask, always = marks.get(str(after[self.result]) if self.result is not None else "", (0, 0))
            items |= mask
            certain |= always
        return items, certain

    def left(self, shows: int, must: int, items: int) -> Iterator[tuple[int, int]]:
        """Yield what a step may and must still show once one of ``items`` was told of it."""
        for number in bits(shows & items):
            gone = self.gone[number]
            if not must & gone & ~(1 << number):
                yield shows & ~gone, must & ~gone

    def state(self, state: State) -> int:
        """Return what may be told in a state without a step."""
        items = 0
        for shown in self.facts:
            if holds(shown.conditions, state, state):
                items |= shown.items
        return items

    def mask(self, items: Iterable[Item]) -> int:
        """Return items as a mask."""
        return sum(1 << self.number[item] for item in items if item in self.number)

    def _of_action(self, action: SystemAction) -> tuple[Shown, ...]:
        about = {int(found) for found in INSTANCE.findall(action.name)}
        assigned = {assignment.variable: assignment.value for assignment in action.assignments}
        found = []
        for rule in RULES:
            template = action.template.name
            if (rule.actions and template not in rule.actions) or template in rule.never:
                continue
            for device in self._about(rule):
                if rule.actions and device >= 0 and about and device not in about:
                    continue
                shown = self._shown(rule, device)
                if shown and all(can_change(condition, assigned, self.system) for condition in shown.conditions):
                    found.append(shown)
        return tuple(found)

    def _facts(self) -> tuple[Shown, ...]:
        found = [self._shown(rule, device) for rule in FACTS for device in self._about(rule)]
        return tuple(shown for shown in found if shown)

    def _about(self, rule: Rule) -> list[int]:
        return [-1] if rule.event in ABOUT_NO_DEVICE else self.devices

    def _shown(self, rule: Rule, device: int) -> Shown | None:
        """Return a rule for a device, None when the model has not its variables or nothing that it shows matters."""
        items = [item for item in self.items if FORMS[item.form].event is rule.event]
        items = [item for item in items if item.device == device and item.detail == rule.detail]
        conditions = conditions_of(self.system, rule.when, device)
        if not items or conditions is None:
            return None
        certain = [item for item in items if rule.certain and key(item) in self.keys]
        return Shown(conditions, self.mask(items), self.mask(certain))

    def _markers(self, action: SystemAction) -> dict[str, tuple[int, int]]:
        """Return, by result, what userspace may write after an action."""
        found: dict[str, tuple[int, int]] = {}
        for item in self.items:
            name, _, result = item.detail.rpartition(" ") if self.result is not None else (item.detail, "", "")
            if FORMS[item.form].event is Event.MARKED and name == action.name:
                mask, certain = found.get(result, (0, 0))
                bit = self.mask([item])
                found[result] = (mask | bit, certain | (bit if key(item) in self.keys else 0))
        return found


def key(item: Item) -> str:
    """Return what a complete log shows always if it shows it once: the form, of a marker with its action."""
    if FORMS[item.form].event is Event.MARKED:
        return f"{item.form} {item.detail.partition('(')[0].partition(' ')[0]}"
    return item.form


def not_after(other: Item, item: Item) -> bool:
    """Whether ``other`` is ``item`` or comes before it, of those that one step shows."""
    if other == item:
        return True
    one, two = FORMS[other.form], FORMS[item.form]
    related = other.device == item.device or -1 in (other.device, item.device)
    return one.source is two.source and one.rank < two.rank and related


def speaks_of(system: System) -> frozenset[Event]:
    """Return the events that a system has the variables for."""
    return frozenset(
        rule.event
        for rule in (*RULES, *FACTS)
        if conditions_of(system, rule.when, -1 if rule.event in ABOUT_NO_DEVICE else 0) is not None
    )


def conditions_of(system: System, when: Iterable[When], device: int) -> tuple[Condition, ...] | None:
    """Return conditions with positions, None when the system has not all of their variables."""
    found = []
    for variable, before, after in when:
        name = f"devices[{device}].{variable.removeprefix(DEVICE)}" if variable.startswith(DEVICE) else variable
        position = system.index.get(name)
        if position is None:
            return None
        found.append(
            Condition(
                position, None if before is None else frozenset(before), None if after is None else frozenset(after)
            )
        )
    return tuple(found)


def can_change(condition: Condition, assigned: Mapping[str, Expression], system: System) -> bool:
    """Whether an action with these assignments can meet a condition, as far as the words show it."""
    value = assigned.get(system.variables[condition.position].name)
    if condition.after is None:
        return True
    if value is None:
        return condition.before is None or bool(condition.before & condition.after)
    return not isinstance(value, Literal) or value.value in condition.after


def holds(conditions: Iterable[Condition], before: State, after: State) -> bool:
    """Whether all conditions are met by a step."""
    for position, first, second in conditions:
        if first is not None and before[position] not in first:
            return False
        if second is not None and after[position] not in second:
            return False
    return True


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of a mask."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
