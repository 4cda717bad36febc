"""Random template models for laws: small, well-typed, readable as text and groundable for one and two devices.

`models()` is a hypothesis strategy.  A model has a root ``Plan`` (sometimes deriving from ``Guest``, with patches), up to two
collections, at most one single part, constants, actions with parameters, loops and properties of all kinds.  Its space
has at most `MAXIMUM_STATES` combinations of values with two devices, and no integer leaves its range.

What is built is in the reader's normal form: conjunctions and disjunctions have two or more operands, none of them of
their own kind or a literal; integer literals have the tightest sort; a guard is no conjunction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import strategies as st

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Boolean,
    Bounded,
    ConstantValue,
    Count,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    SameInstance,
    Sort,
    StepIs,
    Value,
    negation,
    number,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Constant,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)
from tdispmodel.ir.system import within

MAXIMUM_STATES = 600
ENUMS = (Enumeration("Colour", ("RED", "GREEN", "BLUE")), Enumeration("Mode", ("OFF", "ON")))
INTEGERS = (Bounded(0, 2), Bounded(-1, 1), Bounded(0, 1))
SORTS: tuple[Sort, ...] = (BOOLEAN, BOOLEAN, *ENUMS, *INTEGERS)
TEXTS = ("", "It happens.", 'A "quoted" word, and a \\ too.', "Two sentences. Both short.")
SOURCES = ("", "PCIe 6 11.4.9", "drivers/base/dd.c")

Anything = TypeVar("Anything")


@dataclass(frozen=True)
class Sight:
    """What an expression may speak of: instances by name with their components, and how the root is called.

    ``root`` is empty where the root cannot be named.  ``steps``: after-values and the step may be asked about.
    ``actor`` cannot read what is hidden from it; ``blind`` names variables that may not be read at all.
    """

    instances: tuple[tuple[str, Component], ...]
    root: bool = False
    steps: bool = False
    actor: Actor | None = None
    blind: frozenset[str] = frozenset()
    depth: int = 0


@dataclass
class Maker:
    """Draws the parts of one model."""

    draw: st.DrawFn
    components: dict[str, Component] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    constants: tuple[Constant, ...] = ()
    actions: list[tuple[str, Action]] = field(default_factory=list)
    states: int = 1
    patched: bool = False

    # --- drawing -----------------------------------------------------------------------------------------------------

    def one(self, *choices: Anything) -> Anything:
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def yes(self) -> bool:
        return self.draw(st.booleans())

    # --- expressions -------------------------------------------------------------------------------------------------

    def fields(self, sight: Sight, kind: type[Sort] | Sort) -> list[Expression]:
        """Return the variables and constants of a kind of sort that may be read."""
        found: list[Expression] = []
        for instance, component in sight.instances:
            for variable in component.variables:
                hidden = sight.actor in variable.hidden_from or variable.name in sight.blind
                if not hidden and (
                    variable.sort == kind or isinstance(variable.sort, kind if isinstance(kind, type) else ())
                ):
                    found.append(Field(instance, variable.name, variable.sort))
                    if sight.steps:
                        found.append(Field(instance, variable.name, variable.sort, after=True))
        return found + [
            ConstantValue(constant.name, constant.sort, instance)
            for instance, component in sight.instances
            for constant in (self.constants if component.name == self.root_name else component.constants)
            if sight.actor not in constant.hidden_from
            and (constant.sort == kind or isinstance(constant.sort, kind if isinstance(kind, type) else ()))
        ]

    def boolean(self, sight: Sight, depth: int = 2) -> Expression:  # one case per node
        """Return a truth value that is no literal."""
        atoms = ["compare"]
        if self.fields(sight, Boolean):
            atoms += ["field", "field"]
        if depth > 0:
            atoms += ["not", "and", "or", "or", "if", "same", "equal"]
            if sight.root:
                atoms += ["all", "any"]
        if sight.steps:
            atoms += ["actor", "step"]
        match self.one(*atoms):
            case "field":
                return self.one(*self.fields(sight, Boolean))
            case "not":
                return negation(self.boolean(sight, depth - 1))
            case "and":
                return And(self.operands(sight, depth - 1, And))
            case "or":
                return Or(self.operands(sight, depth - 1, Or))
            case "if":
                then, otherwise = self.boolean(sight, depth - 1), self.boolean(sight, depth - 1)
                return If(self.boolean(sight, depth - 1), then, otherwise)
            case "equal":
                return self.maybe_not(Equal(self.boolean(sight, depth - 1), self.boolean(sight, depth - 1)))
            case "same":
                return self.same(sight)
            case "all":
                return self.quantified(Binder.ALL, sight, depth)
            case "any":
                return self.quantified(Binder.ANY, sight, depth)
            case "actor":
                actors = self.draw(st.lists(st.sampled_from(Actor), min_size=1, max_size=3, unique=True))
                return self.maybe_not(ActorIs(tuple(actors)))
            case "step":
                return self.step_is(sight)
            case _:
                return self.compare(sight, depth)

    def maybe_not(self, expression: Expression) -> Expression:
        return Not(expression) if self.yes() else expression

    def operands(self, sight: Sight, depth: int, kind: type[And | Or]) -> tuple[Expression, ...]:
        found: list[Expression] = []
        for _ in range(self.number(2, 3)):
            operand = self.boolean(sight, depth)
            found += operand.operands if isinstance(operand, kind) else (operand,)
        return tuple(found)

    def same(self, sight: Sight) -> Expression:
        """Return whether two names of one component are one instance, if there are two."""
        for position, (left, component) in enumerate(sight.instances):
            for right, other in sight.instances[position + 1 :]:
                if component is other:
                    return self.maybe_not(SameInstance(left, right))
        return self.compare(sight, 0)

    def compare(self, sight: Sight, depth: int) -> Expression:  # one case per node
        """Return a comparison of enum members or of integers."""
        for enum in ENUMS if self.yes() else ENUMS[::-1]:
            known = self.fields(sight, enum)
            if not known or self.yes():
                continue
            operand = self.one(*known)
            match self.number(0, 2):
                case 0:
                    return self.maybe_not(Equal(operand, Literal(self.one(*enum.members), enum)))
                case 1:
                    values = self.draw(st.lists(st.sampled_from(enum.members), min_size=1, max_size=2, unique=True))
                    return self.maybe_not(Among(operand, tuple(values)))
                case _:
                    return self.maybe_not(Equal(operand, self.enum(sight, enum, depth - 1)))
        left = self.one(*(self.fields(sight, Bounded) or [self.integer(sight, max(depth, 1))]))
        if isinstance(left, Literal):
            left = Count(self.parts[0].name) if sight.root and self.parts and self.parts[0].many else left
        match self.number(0, 4):
            case 0:
                return Less(left, self.integer(sight, depth - 1))
            case 1:
                return AtMost(left, self.integer(sight, depth - 1))
            case 2:
                return Less(self.integer(sight, depth - 1), left)
            case 3:
                return self.maybe_not(Among(left, (0, self.number(1, 2))))
            case _:
                return self.maybe_not(Equal(left, self.integer(sight, depth - 1)))

    def enum(self, sight: Sight, enum: Enumeration, depth: int) -> Expression:
        known = self.fields(sight, enum)
        if depth > 0 and self.yes():
            return If(self.boolean(sight, depth - 1), self.enum(sight, enum, 0), self.enum(sight, enum, depth - 1))
        return self.one(*known) if known and self.yes() else Literal(self.one(*enum.members), enum)

    def integer(self, sight: Sight, depth: int) -> Expression:
        known = self.fields(sight, Bounded)
        choices = (
            ["literal"]
            + ["field"] * 3 * bool(known)
            + ["count"] * (sight.root and any(part.many for part in self.parts))
        )
        if depth > 0:
            choices += ["+", "-", "*", "if"] + ["sum"] * sight.root
        match self.one(*choices):
            case "field":
                return self.one(*known)
            case "count":
                return Count(self.one(*(part.name for part in self.parts if part.many)))
            case "if":
                branches = self.integer(sight, depth - 1), self.integer(sight, depth - 1)
                return If(self.boolean(sight, depth - 1), *branches)
            case "sum" if any(part.many for part in self.parts):
                return self.quantified(Binder.SUM, sight, depth)
            case "+" | "-" | "*" as operator:
                left, right = self.integer(sight, depth - 1), self.integer(sight, depth - 1)
                return Arithmetic(operator, left, right)
            case _:
                return number(self.number(-1, 3))

    def quantified(self, binder: Binder, sight: Sight, depth: int) -> Expression:
        collections = [part for part in self.parts if part.many]
        if not collections:
            return self.compare(sight, depth)
        part = self.one(*collections)
        bound = f"each_{sight.depth}"
        below = (*sight.instances, (bound, self.components[part.kind]))
        inner = replace(sight, instances=below, depth=sight.depth + 1)
        counted = binder is Binder.SUM and self.yes()
        body = self.integer(inner, 0) if counted else self.boolean(inner, depth - 1)
        where = self.boolean(inner, depth - 1) if self.yes() else TRUE
        return Quantified(binder, bound, part.name, body, where)

    def step_is(self, sight: Sight) -> Expression:
        """Return a question about the action, with as many instances as can be named."""
        if not self.actions:
            return ActorIs((self.one(*Actor),))
        holder, action = self.one(*self.actions)
        kinds = [parameter.kind for parameter in action.parameters]
        kinds = kinds if holder == self.root_name else [holder, *kinds]
        arguments: list[str] = []
        for kind in kinds:
            fitting = [name for name, component in sight.instances if kind in component.lineage]
            if not fitting or self.number(0, 3) == 0:
                break
            arguments.append(self.one(*fitting))
        return self.maybe_not(StepIs(action.owner, action.name, tuple(arguments)))

    # --- components --------------------------------------------------------------------------------------------------

    root_name = "Plan"

    def variables(self, prefix: str, least: int, most: int, copies: int) -> tuple[Variable, ...]:
        found: list[Variable] = []
        for position in range(self.number(least, most)):
            sort: Sort = self.one(*SORTS)
            if self.states * len(sort.values) ** copies > MAXIMUM_STATES:
                sort = BOOLEAN
            self.states *= len(sort.values) ** copies
            initial = self.draw(st.lists(st.sampled_from(sort.values), min_size=1, max_size=2, unique=True))
            found.append(Variable(f"{prefix}_{position}", sort, tuple(initial), self.hidden()))
        return tuple(found)

    def hidden(self) -> frozenset[Actor]:
        """Return who cannot see a variable or constant: mostly nobody, sometimes somebody, rarely all."""
        hidden = self.draw(st.frozensets(st.sampled_from(Actor), max_size=2)) if self.number(0, 3) == 0 else frozenset()
        return frozenset(Actor) if self.number(0, 9) == 0 else hidden

    def constant(self, name: str, *, may_be_fixed: bool) -> Constant:
        sort: Sort = self.one(*SORTS)
        fixed = may_be_fixed and self.yes()
        return Constant(name, sort, self.one(*sort.values), fixed, self.hidden())

    def sight_of(self, name: str, component: Component) -> tuple[tuple[str, Component], ...]:
        """Return an instance and its single parts."""
        below = ((f"{name}.{part.name}", self.components[part.kind]) for part in component.parts if not part.many)
        return ((name, component), *below)

    def action(self, name: str, component: Component) -> Action:
        """Return an action of a component; the root's may have parameters."""
        is_root = component.name == self.root_name
        actor = self.one(*Actor)
        kinds = list(dict.fromkeys(known.kind for known in self.parts)) if is_root else []
        chosen = [self.one(*kinds) for _ in range(self.number(0, 2))] if kinds else []
        parameters = tuple(
            Parameter(f"given_{position}", self.components[kind].lineage[-1]) for position, kind in enumerate(chosen)
        )
        instances = self.sight_of("self", component)
        for parameter, kind in zip(parameters, chosen, strict=True):
            instances += self.sight_of(parameter.name, self.components[kind])
        sight = Sight(instances, root=is_root)
        seen = replace(sight, actor=actor)
        guards = [self.boolean(seen) for _ in range(self.number(0, 2))]
        return Action(
            name=name,
            owner=component.lineage[-1],
            actor=actor,
            fairness=actor.fairness if self.number(0, 3) else self.one(*Fairness),
            parameters=parameters,
            guards=tuple(Guard(guard) for guard in guards if not isinstance(guard, And)),
            updates=(*(self.loop(sight) if is_root else ()), *self.updates(sight)),
            text=self.one(*TEXTS[1:]),
            source=self.one(*SOURCES),
            patched=self.one("", "", "replaced", "restricted") if len(component.lineage) > 1 else "",
            target=self.one(None, None, *Actor),
        )

    def updates(self, sight: Sight) -> tuple[Update, ...]:
        targets = [(name, variable) for name, known in sight.instances for variable in known.variables]
        if not targets:
            return ()
        chosen = self.draw(
            st.lists(st.sampled_from(targets), max_size=3, unique_by=lambda pair: (pair[0], pair[1].name))
        )
        return tuple(Update(name, variable.name, self.value(sight, variable.sort)) for name, variable in chosen)

    def loop(self, sight: Sight) -> tuple[Update, ...]:
        """Return at most one assignment to every instance of a collection, whose value is of its own instance."""
        collections = [part for part in self.parts if part.many and self.components[part.kind].variables]
        if not collections or self.number(0, 3):
            return ()
        part = self.one(*collections)
        component = self.components[part.kind]
        variable = self.one(*component.variables)
        inner = Sight((*sight.instances[:1], ("one", component)), blind=frozenset({variable.name}))
        return (Update("one", variable.name, self.value(inner, variable.sort), ("one", part.name)),)

    def value(self, sight: Sight, sort: Sort) -> Expression:
        """Return a value that certainly fits."""
        match sort:
            case Boolean():
                return self.boolean(sight, 1) if self.number(0, 2) else self.one(TRUE, FALSE)
            case Enumeration():
                return self.enum(sight, sort, 2)
            case Bounded():
                value = self.integer(sight, 2)
                inside = within(value, sort)
                kept = number(self.number(sort.low, sort.high))
                return value if inside == TRUE else kept if inside == FALSE else If(inside, value, kept)

    # --- properties --------------------------------------------------------------------------------------------------

    def property(self, position: int, kind: Kind) -> Property:
        about = self.components[self.one(*self.components)]
        is_root = about.name == self.root_name
        steps = kind in (Kind.STEP, Kind.NEVER_ENDLESS) or (kind is Kind.MUST_BE_POSSIBLE and self.yes())
        instances = self.sight_of("now", about)
        parameters: tuple[Parameter, ...] = ()
        kinds = [known.kind for known in self.parts]
        if not steps and kinds and self.number(0, 3) == 0:
            further = self.components[self.one(*kinds)]
            parameters = (Parameter("other", further.lineage[-1]),)
            instances += self.sight_of("other", further)
        sight = Sight(instances, root=is_root, steps=steps)
        has_premise = kind is Kind.LEADS_TO or (kind is Kind.STAYS_POSSIBLE and self.yes())
        after = self.boolean(replace(sight, steps=False)) if has_premise else TRUE
        given: tuple[tuple[str, Value], ...] = ()
        free = [constant for constant in self.constants if not constant.fixed]
        if free and self.number(0, 2) == 0:
            constant = self.one(*free)
            given = ((constant.name, self.one(*constant.sort.values)),)
        members = [
            f"{known.lineage[-1]}.{variable.name}" for known in self.components.values() for variable in known.variables
        ]
        return Property(
            name=f"property_{position}",
            code=f"TDM{position + 1:03}",
            kind=kind,
            about=about.lineage[-1],
            formula=self.boolean(sight),
            parameters=parameters,
            after=after,
            given=given,
            needs=(self.one(*members),) if members and self.number(0, 3) == 0 else (),
            text=self.one(*TEXTS),
            source=self.one(*SOURCES),
        )

    # --- the model ---------------------------------------------------------------------------------------------------

    def model(self) -> Model:
        self.patched = self.yes()
        self.part_components()
        lineage = (self.root_name, "Guest") if self.patched else (self.root_name,)
        removed = ((lineage[-1], "gone"),) if self.patched and self.yes() else ()
        text = self.one("A plan.\n\nWith a second paragraph.", "A plan.", "")
        root = Component(
            self.root_name, lineage, self.variables("own", 1, 2, 1), parts=self.parts, removed=removed, text=text
        )
        self.components = {self.root_name: root, **self.components}
        constants = [
            self.constant(f"constant_{position}", may_be_fixed=self.patched) for position in range(self.number(0, 2))
        ]
        self.constants = tuple(sorted(constants, key=lambda constant: constant.fixed))
        for name, component in list(self.components.items()):
            most = 3 if name == self.root_name else 1
            least = 1 if name == self.root_name else 0
            actions = tuple(
                self.action(f"do_{name.lower()}_{position}", component) for position in range(self.number(least, most))
            )
            self.actions += [(name, action) for action in actions]
            self.components[name] = replace(component, actions=actions)
        kinds = [kind for kind in Kind if self.yes()]
        properties = tuple(self.property(position, kind) for position, kind in enumerate(kinds))
        return Model(
            name="plan",
            root=self.root_name,
            components=tuple(self.components.values()),
            constants=self.constants,
            initially=self.starts(root),
            properties=properties,
            claim=text.split("\n", maxsplit=1)[0],
        )

    def part_components(self) -> None:
        """Draw the parts: none to two collections and perhaps a single part."""
        parts: list[Part] = []
        for name, kind, many in (("units", "Unit", True), ("cells", "Cell", True), ("core", "Core", False)):
            if not self.yes():
                continue
            parts.append(Part(name, kind, many))
            lineage = (kind, "Thing") if kind == "Cell" and self.patched else (kind,)
            variables = self.variables(kind.lower(), 1, 2 if kind == "Unit" else 1, 2 if many else 1)
            constants = [
                self.constant(f"{kind.lower()}_constant", may_be_fixed=len(lineage) > 1)
                for _ in range(self.number(0, 1))
            ]
            self.components[kind] = Component(
                kind, lineage, variables, constants=tuple(constants), text=self.one("", f"A {kind.lower()}.")
            )
        self.parts = tuple(parts)

    def starts(self, root: Component) -> tuple[Expression, ...]:
        """Return at most one start condition, which some start state satisfies."""
        if self.number(0, 2):
            return ()
        variable = root.variables[0]
        read = Field("self", variable.name, variable.sort)
        first = variable.initial[0]
        if isinstance(variable.sort, Boolean):
            holds = read if first else negation(read)
        else:
            holds = Equal(read, number(first) if isinstance(first, int) else Literal(first, variable.sort))
        other = self.boolean(Sight(self.sight_of("self", root), root=True), 1)
        return (Or((holds, *(other.operands if isinstance(other, Or) else (other,)))),)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a small template model."""
    return Maker(draw).model()
