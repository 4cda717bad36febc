"""Random models with devices, for laws about any number of them: few states a device, so that four can be tried.

`families` draws a model whose properties speak of states and steps.  Beside formulas of any form there are clauses about
one or two devices that are true with one device, since those are the ones that a proof, or a bug that needs several
devices, can be about.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tdispmodel.ir.expressions import (
    TRUE,
    Actor,
    Among,
    Arithmetic,
    Binder,
    Boolean,
    Bounded,
    Enumeration,
    Expression,
    Fairness,
    Field,
    If,
    Literal,
    Not,
    Or,
    Quantified,
    SameInstance,
    Sort,
    Value,
    disjunction,
    number,
    rebuilt,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)
from tdispmodel.verdict import QuantifiedClause
from tests.laws.random_models import Maker, Sight

MOST_COPIES = 5
"""Values that all variables of one device have together."""


class FamilyMaker(Maker):
    """Draws models of few states a device, mostly without numbers of devices."""

    counting = False
    leaving = False

    def value(self, sight: Sight, sort: Sort) -> Expression:
        """Return a value of the sort; where that is wanted a number may leave its range."""
        if self.leaving and isinstance(sort, Bounded) and self.fields(sight, Bounded):
            return Arithmetic("+", self.one(*self.fields(sight, Bounded)), number(1))
        return super().value(sight, sort)

    def integer(self, sight: Sight, depth: int) -> Expression:
        """Return an integer; sums and numbers of instances only where they are wanted."""
        return super().integer(sight if self.counting else replace(sight, root=False), depth)

    def compare(self, sight: Sight, depth: int) -> Expression:
        """Return a comparison, as above."""
        return super().compare(sight if self.counting else replace(sight, root=False), depth)

    def part_components(self) -> None:
        """Draw one collection or two, and perhaps a single part."""
        parts = [Part("units", "Unit", True)]
        if self.number(0, 3) == 0:
            parts.append(Part("cells", "Cell", True))
        if self.number(0, 3) == 0:
            parts.append(Part("core", "Core", False))
        for part in parts:
            lineage = (part.kind, "Thing") if part.kind == "Cell" else (part.kind,)
            variables = self.variables(part.kind.lower(), 1, 2, 2)
            constants = [self.constant(f"{part.kind.lower()}_constant", may_be_fixed=False)] * self.yes()
            self.components[part.kind] = Component(part.kind, lineage, variables, constants=tuple(constants))
        self.parts = tuple(parts)

    def variables(self, prefix: str, least: int, most: int, copies: int) -> tuple[Variable, ...]:
        """Draw one or two variables of few values."""
        found: list[Variable] = []
        left = MOST_COPIES
        for position in range(self.number(least, most)):
            sort = self.one(*(sort for sort in (Boolean(), Boolean(), *SMALL) if len(sort.values) <= left))
            left //= len(sort.values)
            initial = self.draw(st.lists(st.sampled_from(sort.values), min_size=1, max_size=2, unique=True))
            found.append(Variable(f"{prefix}_{position}", sort, tuple(initial) if self.yes() else sort.values[:1]))
            if left < 2:
                break
        del copies
        return tuple(found)

    # --- actions as designs have them ---------------------------------------------------------------------------------

    def action(self, name: str, component: Component) -> Action:
        """Return an action; of the root mostly one whose guards and updates are plain, about one device or two."""
        if component.name != self.root_name or self.number(0, 3) == 0:
            return super().action(name, component)
        kinds = [part.kind for part in self.parts if part.many]
        chosen = [self.one(*kinds) for _ in range(self.number(0, 2))]
        parameters = tuple(Parameter(f"given_{at}", kind) for at, kind in enumerate(chosen))
        named = [("self", component), *((one.name, self.components[one.kind]) for one in parameters)]
        guards = [self.literal(self.one(*named)) for _ in range(self.number(0, 2))]
        if len(chosen) == 2 and chosen[0] == chosen[1] and self.yes():
            guards.append(Not(SameInstance("given_0", "given_1")))
        guards += [self.about_all(parameters) for _ in range(self.number(0, 3) == 0)]
        targets = [(owner, variable) for owner, known in named for variable in known.variables]
        picked = self.draw(
            st.lists(st.sampled_from(targets), min_size=1, max_size=2, unique_by=lambda pair: (pair[0], pair[1].name))
        )
        updates = [Update(owner, one.name, self.plain(one, named, parameters)) for owner, one in picked]
        return Action(
            name,
            component.lineage[-1],
            self.one(*Actor),
            fairness=Fairness.NONE,
            parameters=parameters,
            guards=tuple(Guard(guard) for guard in guards),
            updates=(*self.loop(Sight((("self", component),), root=True)), *updates),
        )

    def literal(self, known: tuple[str, Component]) -> Expression:
        """Return that a variable has one of some values."""
        name, component = known
        variable = self.one(*component.variables)
        values = self.draw(st.lists(st.sampled_from(variable.sort.values), min_size=1, max_size=2, unique=True))
        return _among(Field(name, variable.name, variable.sort), tuple(values))

    def about_all(self, parameters: tuple[Parameter, ...]) -> Expression:
        """Return what all devices have, or one of them has, perhaps without a parameter."""
        part = self.one(*(known for known in self.parts if known.many))
        body = self.literal(("each", self.components[part.kind]))
        others = [one.name for one in parameters if one.kind == part.kind]
        where = Not(SameInstance("each", self.one(*others))) if others and self.yes() else TRUE
        return Quantified(self.one(Binder.ALL, Binder.ANY), "each", part.name, body, where)

    def plain(
        self, variable: Variable, named: list[tuple[str, Component]], parameters: tuple[Parameter, ...]
    ) -> Expression:
        """Return a value, sometimes one that depends on others."""
        sort = variable.sort
        if self.leaving and isinstance(sort, Bounded):
            return self.value(Sight(tuple(named)), sort)
        first, second = self.one(*sort.values), self.one(*sort.values)
        if self.number(0, 3):
            return _value(first, sort)
        test = self.about_all(parameters) if self.yes() else self.literal(self.one(*named))
        return If(test, _value(first, sort), _value(second, sort)) if first != second else _value(first, sort)

    # --- properties ---------------------------------------------------------------------------------------------------

    def clause(self, position: int) -> Property:
        """Return that a clause is true of all different devices."""
        part = self.one(*(known for known in self.parts if known.many))
        bound = tuple((f"unit_{number}", part.name) for number in range(self.number(1, 3)))
        named = [("self", self.components[self.root_name]), *((name, self.components[part.kind]) for name, _ in bound)]
        literals = [self.literal(self.one(*named)) for _ in range(self.number(1, 3))]
        formula = QuantifiedClause(bound, disjunction(*dict.fromkeys(literals))).formula
        return Property(f"clause_{position}", f"TDM{position + 1:03}", Kind.INVARIANT, self.root_name, _of_now(formula))

    def model(self) -> Model:
        """Return the model, with clauses and other formulas as its properties."""
        made = super().model()
        kinds = [Kind.INVARIANT, Kind.STEP] if self.yes() else [Kind.STEP]
        properties = [self.clause(position) for position in range(4)]
        properties += [
            replace(self.property(4 + position, kind), given=(), needs=()) for position, kind in enumerate(kinds)
        ]
        return replace(made, properties=tuple(properties))


SMALL = (Enumeration("Colour", ("RED", "GREEN", "BLUE")), Enumeration("Mode", ("OFF", "ON")), Bounded(0, 2))


def _among(read: Field, values: tuple[Value, ...]) -> Expression:
    if isinstance(read.sort, Boolean):
        return Or((read, Not(read))) if len(values) > 1 else read if values[0] else Not(read)
    return Among(read, values)


def _value(value: Value, sort: Sort) -> Expression:
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else Literal(value, sort)


def _of_now(formula: Expression) -> Expression:
    """The formula with ``now`` for the root."""
    return rebuilt(
        formula,
        lambda node: replace(node, instance="now") if isinstance(node, Field) and node.instance == "self" else None,
    )


@st.composite
def families(draw: st.DrawFn, *, counting: bool = False, leaving: bool = False) -> Model:
    """Draw a model with devices of few states, perhaps one that counts them, or one whose numbers leave their range."""
    maker = FamilyMaker(draw)
    maker.counting, maker.leaving = counting, leaving
    return maker.model()
