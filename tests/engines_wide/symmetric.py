"""Random systems whose devices are interchangeable by how they are made, questions about them, and orbits counted out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

from hypothesis import strategies as st

from tdispmodel.ir.expressions import BOOLEAN, Expression, Read, Took, conjunction, disjunction, rebuilt
from tdispmodel.ir.model import Kind
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.sorts import Bounded, Enumeration
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, SystemVariable
from tests.engines_wide.numbered import FINITE
from tests.laws.random_systems import Formulas, _action

SELF, OTHER = "SELF", "OTHER"
COLOUR = Enumeration("Colour", ("RED", "GREEN", "BLUE"))
OWN = ((BOOLEAN,), (COLOUR,), (Bounded(0, 2),), (BOOLEAN, BOOLEAN))
WHOLE = ((), (BOOLEAN,), (Bounded(0, 2),))
Binding = dict[str, str]


@dataclass(frozen=True)
class Drawn:
    """A system, questions, and the devices of each kind: those of one kind are interchangeable, whatever is asked."""

    system: System
    questions: tuple[SystemProperty, ...]
    kinds: tuple[tuple[str, ...], ...]


def named(name: str, binding: Binding) -> str:
    """Return a name with devices in the place of SELF and OTHER."""
    for place, device in binding.items():
        name = name.replace(place, device)
    return name


def bound(formula: Expression, binding: Binding) -> Expression:
    """Return a formula with devices in the place of SELF and OTHER."""

    def elsewhere(node: Expression) -> Expression | None:
        match node:
            case Read(name, sort, after):
                return Read(named(name, binding), sort, after)
            case Took(names):
                return Took(frozenset(named(name, binding) for name in names))
            case _:
                return None

    return rebuilt(formula, elsewhere)


def instance(action: SystemAction, binding: Binding) -> SystemAction:
    """Return an action of some devices."""
    return replace(
        action,
        name=named(action.name, binding),
        guards=tuple(bound(guard, binding) for guard in action.guards),
        assignments=tuple(
            Assignment(named(each.variable, binding), bound(each.value, binding)) for each in action.assignments
        ),
    )


class Maker:
    """Draws a system of two or three devices, all of one kind or the last of another."""

    def __init__(self, draw: st.DrawFn, *, may_leave_range: bool) -> None:
        self.draw = draw
        count = draw(st.integers(2, 3))
        self.devices = tuple(f"devices[{number}]" for number in range(count))
        own = draw(st.sampled_from(OWN if count == 2 else OWN[:3]))
        apart = draw(st.booleans())
        self.kinds = (self.devices[:-1], self.devices[-1:]) if apart else (self.devices,)
        self.may_leave_range = may_leave_range
        whole = [self._variable(f"w{number}", sort) for number, sort in enumerate(draw(st.sampled_from(WHOLE)))]
        self.own = [[self._variable(f"{SELF}.x{number}", sort) for number, sort in enumerate(own)] for _ in self.kinds]
        other = [replace(each, name=each.name.replace(SELF, OTHER)) for each in self.own[0]]
        self.variables = (
            *whole,
            *(
                replace(each, name=named(each.name, {SELF: device}))
                for kind, devices in enumerate(self.kinds)
                for device in devices
                for each in self.own[kind]
            ),
        )
        self.alone = (*whole, *self.own[0])
        self.together = (*self.alone, *other)
        self.whole = tuple(whole)

    def _variable(self, name: str, sort: object) -> SystemVariable:
        values = sort.values  # type: ignore[attr-defined]  # one of the sorts above
        initial = self.draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        return SystemVariable(name, sort, tuple(initial))  # type: ignore[arg-type]  # as above

    def bindings(self, places: Sequence[str], devices: Sequence[str]) -> Iterator[Binding]:
        """Yield all ways to put different devices in the places."""
        for chosen in permutations(devices, len(places)):
            yield dict(zip(places, chosen, strict=True))

    def templates(self) -> Iterator[tuple[tuple[str, ...], SystemAction, tuple[str, ...]]]:
        """Draw actions of no, one or two devices, and of which devices: of all, of one kind, or unlike for each kind."""
        for number in range(self.draw(st.integers(2, 4))):
            places = self.draw(st.sampled_from(((SELF,), (SELF,), (SELF, OTHER), ())))
            variables = {0: self.whole, 1: self.alone, 2: self.together}[len(places)]
            if not variables:
                continue
            made = self._action(number, places, variables)
            if not places and self.draw(st.booleans()):
                made = replace(made, guards=(*made.guards, self.quantified(self.formula(1, self.alone))))
            unlike = self.draw(st.sampled_from(("none", "none", "kind", "effects", "guards")))
            if unlike == "none" or len(self.kinds) == 1 or len(places) != 1:
                yield places, made, self.devices
                continue
            first, second = self.kinds
            yield places, made, first
            if unlike != "kind":
                other = self._action(number, places, variables)
                same = {"effects": {"assignments": other.assignments}, "guards": {"guards": other.guards}}[unlike]
                yield places, replace(made, **same), second  # type: ignore[arg-type]  # a field by its name

    def _action(self, number: int, places: tuple[str, ...], variables: Sequence[SystemVariable]) -> SystemAction:
        made = _action(Formulas(self.draw, tuple(variables)), number, self.may_leave_range)
        return replace(made, name=f"act{number}({', '.join(places)})" if places else f"act{number}")

    def formula(self, depth: int, variables: Sequence[SystemVariable], names: Sequence[str] = ()) -> Expression:
        """Draw a formula, about steps if there are names of actions."""
        return Formulas(self.draw, tuple(variables), tuple(names)).formula(depth, steps=bool(names))

    def quantified(self, body: Expression) -> Expression:
        """Return that something is true of all devices, or of some, or of some two of the first kind."""
        join = self.draw(st.sampled_from((conjunction, disjunction)))
        devices = self.kinds[0] if self.draw(st.booleans()) else self.devices
        return join(*(bound(body, each) for each in self.bindings((SELF, OTHER), devices)))

    def system(self) -> System:
        """Draw a system."""
        actions: list[SystemAction] = []
        self.names: list[str] = []
        for places, template, devices in self.templates():
            self.names.append(template.name)
            actions += [instance(template, each) for each in self.bindings(places, devices)]
        return System("symmetric", self.variables, tuple(actions), devices=len(self.devices))

    def questions(self, system: System) -> Iterator[SystemProperty]:
        """Draw questions: about all devices at once, one about each device, or one about a single device."""
        for kind in FINITE:
            steps = kind is Kind.STEP or (kind is Kind.MUST_BE_POSSIBLE and self.draw(st.booleans()))
            body = self.formula(2, self.together, self.names if steps else ())
            known = {action.name for action in system.actions}
            shape = self.draw(st.sampled_from(("quantified", "each", "each", "single")))
            if shape == "quantified":
                formulas = [self.quantified(body)]
            else:
                formulas = [bound(body, each) for each in self.bindings((SELF, OTHER), self.devices)]
                formulas = formulas[:1] if shape == "single" else formulas
            for number, formula in enumerate(formulas):
                spoken = self.of_these(formula, known)
                yield SystemProperty(f"{kind.value}_{number}", "TDM900", kind, spoken, antecedent=antecedent(spoken))

    def of_these(self, formula: Expression, names: set[str]) -> Expression:
        """Return a formula that speaks of no other actions."""
        return rebuilt(formula, lambda node: Took(node.names & names) if isinstance(node, Took) else None)


@st.composite
def drawn_systems(draw: st.DrawFn, *, may_leave_range: bool = False) -> Drawn:
    """Draw a system with interchangeable devices, and questions."""
    maker = Maker(draw, may_leave_range=may_leave_range)
    system = maker.system()
    return Drawn(system, tuple(maker.questions(system)), maker.kinds)


@st.composite
def symmetric_systems(draw: st.DrawFn, *, may_leave_range: bool = False) -> tuple[System, tuple[SystemProperty, ...]]:
    """Draw a system with interchangeable devices, and questions, as laws want them."""
    drawn = draw(drawn_systems(may_leave_range=may_leave_range))
    return drawn.system, drawn.questions


def orbits(system: System, states: Sequence[State], classes: Sequence[Sequence[str]]) -> int:
    """Count by brute force how many orbits some states are, by trying all permutations of the classes on each."""
    known: set[State] = set()
    found = 0
    for state in states:
        if state not in known:
            found += 1
            known.update(permuted(system, state, classes))
    return found


def permuted(system: System, state: State, classes: Sequence[Sequence[str]]) -> Iterator[State]:
    """Yield what permutations of the classes make of a state."""
    values = dict(zip(system.index, state, strict=True))
    for chosen in product(*(permutations(each) for each in classes)):
        to = {
            device: other
            for each, order in zip(classes, chosen, strict=True)
            for device, other in zip(each, order, strict=True)
        }
        moved = {}
        for name, value in values.items():
            owner, dot, rest = name.partition(".")
            moved[f"{to.get(owner, owner)}{dot}{rest}"] = value
        yield tuple(moved[name] for name in system.index)
