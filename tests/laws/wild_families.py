"""Random models with devices in unusual places, for the same laws as the plain ones of `random_families`.

A component may stand in two collections and as a single part, two components may derive from one that a parameter or a
property is about, devices have parts, loops ask about other devices and about parameters, several assignments are to
one variable, start conditions ask for some device, and capabilities are switched off.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Binder,
    Bounded,
    Enumeration,
    Expression,
    Fairness,
    Not,
    Quantified,
    SameInstance,
    Sort,
)
from tdispmodel.ir.model import Action, Component, Guard, Kind, Model, Parameter, Part, Property, Update, Variable
from tests.laws.random_families import FamilyMaker
from tests.laws.random_models import Sight

OWN: tuple[Sort, ...] = (BOOLEAN, BOOLEAN, Enumeration("Mode", ("OFF", "ON")), Bounded(0, 2))
SHARED = Variable("shared", BOOLEAN, (False,))
BASE = Component("Thing", ("Thing",), (SHARED,))
"""What every component derives from of which there are several."""


class WildMaker(FamilyMaker):
    """Draws models with devices in unusual places."""

    def part_components(self) -> None:
        """Draw collections that share components, perhaps with parts of their own, and single devices."""
        second = self.one("none", "Unit", "Cell")
        parts = [Part("units", "Unit", True)]
        parts += [Part("more", second, True)] * (second != "none")
        if self.number(0, 2) == 0:
            parts.append(Part("spare", "Unit", False))
        port = Component("Port", ("Port",), (Variable("up", BOOLEAN, (False,)),))
        own = (Part("port", "Port", False),) if self.number(0, 2) == 0 else ()
        initial = (False, True) if self.number(0, 2) == 0 else (False,)
        for kind in dict.fromkeys(part.kind for part in parts):
            variables = [replace(SHARED, initial=initial)]
            sort: Sort = self.one(*OWN)
            if not own or self.yes():
                variables.append(Variable(f"{kind.lower()}_own", sort, sort.values[: self.number(1, 2)]))
            constants = [self.constant(f"{kind.lower()}_constant", may_be_fixed=False)] * (self.number(0, 3) == 0)
            self.components[kind] = Component(
                kind, (kind, "Thing"), tuple(variables), parts=own if kind == "Unit" else (), constants=tuple(constants)
            )
        if own:
            self.components["Port"] = port
        self.parts = tuple(parts)

    # --- what may be spoken of ----------------------------------------------------------------------------------------

    def kinds(self) -> list[str]:
        """The kinds of instances that may be given to an action or a property."""
        return ["Thing", *dict.fromkeys(part.kind for part in self.parts)]

    def given(self, name: str, kind: str) -> tuple[tuple[str, Component], ...]:
        """Return an instance of a kind and its single parts."""
        return ((name, BASE),) if kind == "Thing" else self.sight_of(name, self.components[kind])

    def same(self, sight: Sight) -> Expression:
        """Return whether two names are one instance; those of the base may be any."""
        things = [name for name, component in sight.instances if component.lineage[-1] == "Thing"]
        if len(things) < 2:
            return self.compare(sight, 0)
        left = self.one(*things)
        return self.maybe_not(SameInstance(left, self.one(*(name for name in things if name != left))))

    def operand(self, sight: Sight) -> Expression:
        """Return a truth value: something of any form, or what all or some devices have."""
        kept = [(name, known) for name, known in sight.instances if known.variables]
        match self.number(0, 3):
            case 0:
                return self.boolean(sight)
            case 1:
                return self.literal(self.one(*kept))
            case _:
                return self.about_some(sight)

    def about_some(self, sight: Sight) -> Expression:
        """Return what all or some devices have, perhaps all others than a named one, perhaps two at a time."""
        part = self.one(*(known for known in self.parts if known.many))
        bound = f"each_{sight.depth}"
        body = self.literal(self.one(*self.sight_of(bound, self.components[part.kind])))
        things = [name for name, known in sight.instances if known.lineage[-1] == "Thing"]
        where = Not(SameInstance(bound, self.one(*things))) if things and self.yes() else TRUE
        if sight.depth < 1 and self.number(0, 3) == 0:
            inner = (*sight.instances, (bound, self.components[part.kind]))
            body = self.about_some(replace(sight, instances=inner, depth=sight.depth + 1))
        return self.maybe_not(Quantified(self.one(Binder.ALL, Binder.ANY), bound, part.name, body, where))

    # --- actions and properties ---------------------------------------------------------------------------------------

    def action(self, name: str, component: Component) -> Action:
        """Return an action; the root's may be about anything, with several assignments to one variable."""
        if component.name != self.root_name:
            return replace(super().action(name, component), fairness=Fairness.NONE)
        chosen = [self.one(*self.kinds()) for _ in range(self.number(0, 2))]
        parameters = tuple(Parameter(f"given_{at}", kind) for at, kind in enumerate(chosen))
        instances = self.sight_of("self", component)
        for one in parameters:
            instances += self.given(one.name, one.kind)
        sight = Sight(instances, root=True)
        guards = [self.operand(sight) for _ in range(self.number(0, 2))]
        updates = [self.assignment(sight) for _ in range(self.number(1, 3))]
        return Action(
            name,
            component.lineage[-1],
            self.one(*Actor),
            Fairness.NONE,
            parameters=parameters,
            guards=tuple(Guard(guard) for guard in guards),
            updates=tuple(updates),
        )

    def assignment(self, sight: Sight) -> Update:
        """Return an assignment to something in sight, or to all devices of a collection or a part of each."""
        if self.number(0, 2):
            name, component = self.one(*((name, known) for name, known in sight.instances if known.variables))
            variable = self.one(*component.variables)
            return Update(name, variable.name, self.assigned(sight, variable))
        part = self.one(*(known for known in self.parts if known.many))
        inside = self.sight_of("one", self.components[part.kind])
        name, component = self.one(*inside)
        variable = self.one(*component.variables)
        below = replace(sight, instances=(*sight.instances, *inside))
        return Update(name, variable.name, self.assigned(below, variable), ("one", part.name))

    def assigned(self, sight: Sight, variable: Variable) -> Expression:
        """Return a value for a variable."""
        if variable.sort == BOOLEAN and self.yes():
            return self.operand(sight)
        return self.value(sight, variable.sort)

    def question(self, position: int) -> Property:
        """Return that something is true of any instances, in all states or at all steps."""
        kind = self.one(Kind.INVARIANT, Kind.STEP)
        chosen = [self.one(self.root_name, *self.kinds()), *(self.one(*self.kinds()) for _ in range(self.number(0, 1)))]
        names = ["now", "other"][: len(chosen)]
        instances: tuple[tuple[str, Component], ...] = ()
        for name, known in zip(names, chosen, strict=True):
            instances += (
                self.sight_of(name, self.components[known]) if known == self.root_name else self.given(name, known)
            )
        sight = Sight(instances, root=chosen[0] == self.root_name, steps=kind is Kind.STEP)
        parts = [self.operand(sight) if sight.root else self.boolean(sight) for _ in range(self.number(1, 2))]
        parameters = tuple(Parameter("other", known) for known in chosen[1:])
        formula = parts[0] if len(parts) == 1 else self.either(parts)
        return Property(f"question_{position}", f"TDM{20 + position:03}", kind, chosen[0], formula, parameters)

    def either(self, parts: list[Expression]) -> Expression:
        """Return that one of two parts is true."""
        return Not(Quantified(Binder.ALL, "unused", "units", Not(parts[0]))) if self.number(0, 3) == 0 else parts[1]

    def starts(self, root: Component) -> tuple[Expression, ...]:
        """Return start conditions that perhaps ask for some device."""
        found = super().starts(root)
        if self.number(0, 2) == 0:
            found += (self.about_some(Sight(self.sight_of("self", root), root=True)),)
        return found

    def model(self) -> Model:
        """Return the model, with clauses and other formulas as its properties."""
        made = super().model()
        return replace(made, properties=(*made.properties[:3], *(self.question(position) for position in range(4))))


@st.composite
def wild_families(draw: st.DrawFn, *, counting: bool = False) -> Model:
    """Draw a model with devices in unusual places, perhaps one that counts them."""
    maker = WildMaker(draw)
    maker.counting = counting
    return maker.model()
