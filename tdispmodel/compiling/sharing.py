"""One object for all equal parts of formulas, so that whoever evaluates many of them meets each part once.

Given ground expressions; `Sharing` gives equal ones that share every equal part, and knows which of these parts speak
of one state only: their values can be remembered by the identity of the part.
"""

from __future__ import annotations

from dataclasses import fields, replace

from tdispmodel.ir.expressions import Expression, Read, Took
from tdispmodel.ir.system import Assignment, SystemAction


class Sharing:
    """The parts that were met so far.  ``still`` are the identities of those shared parts that speak of no step."""

    def __init__(self) -> None:
        self.still: set[int] = set()
        self._known: dict[object, Expression] = {}
        self._met: dict[int, tuple[Expression, Expression]] = {}

    def of(self, expression: Expression) -> Expression:
        """Return the shared equal of an expression."""
        met = self._met.get(id(expression))
        if met is not None:
            return met[1]
        parts: dict[str, object] = {}
        key: list[object] = [type(expression)]
        for field in fields(expression):  # type: ignore[arg-type]  # every expression is a dataclass
            value = getattr(expression, field.name)
            if isinstance(value, Expression):
                parts[field.name] = shared = self.of(value)
                key.append(id(shared))
            elif isinstance(value, tuple) and value and isinstance(value[0], Expression):
                parts[field.name] = several = tuple(map(self.of, value))
                key.append(tuple(map(id, several)))
            else:
                key.append((type(value), value))
        known = self._known.get(tuple(key))
        if known is None:
            known = self._known[tuple(key)] = replace(expression, **parts) if parts else expression  # type: ignore[type-var]  # as above
            of_step = isinstance(known, Took) or (isinstance(known, Read) and known.after)
            if not of_step and all(id(child) in self.still for child in known.children):
                self.still.add(id(known))
        for one in (expression, known):
            self._met[id(one)] = (one, known)  # the first is kept, so that its identity stays its own
        return known

    def action(self, action: SystemAction) -> SystemAction:
        """Return an action with shared guard and effects."""
        effects = tuple(Assignment(each.variable, self.of(each.value)) for each in action.assignments)
        return replace(action, guards=(self.of(action.guard),), assignments=effects, places=())
