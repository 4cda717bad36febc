"""The component classes that take part in one model, found from its root.

Given the root class; gives every class of which the model has instances, checks what only makes sense for the whole
(no recursion, `Each` only in the root, distinct names, also of constants), and applies removals of parts' actions.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tdispmodel.reading.denotations import (
    ActionMember,
    ComponentClass,
    ConstantMember,
    EnumClass,
)
from tdispmodel.reading.files import Source
from tdispmodel.reading.mistakes import Mistake, Mistakes
from tdispmodel.source import Complaint, did_you_mean

MAXIMUM_INSTANCES = 64
MAXIMUM_PART_DEPTH = 8
MAXIMUM_SIZE = 50_000


@dataclass
class Budget:
    """How much may be elaborated for one model, or for the properties that are asked of it: expressions looked at, each
    time they are, and parts of the formulas that are kept.
    """

    steps: int = 0
    parts: int = 0

    def allows(self, *, steps: int = 0, parts: int = 0) -> bool:
        """Spend; return whether there was enough."""
        self.steps += steps
        self.parts += parts
        return self.steps <= MAXIMUM_SIZE and self.parts <= MAXIMUM_SIZE


class World:
    """The classes of a model, the root first, then parts in order.  ``called``: procedures that actions call;
    ``budget``: how much has been elaborated.
    """

    def __init__(self, root: ComponentClass, mistakes: Mistakes) -> None:
        self.root = root
        self.classes: list[ComponentClass] = []
        self.paths: list[tuple[str, ComponentClass, bool]] = []
        self.budget = Budget()
        self.called: set[ast.FunctionDef] = set()
        self.families: dict[str, ComponentClass] = {}
        self.enums: dict[str, EnumClass] = {}
        self._removed: dict[tuple[ComponentClass, str], ActionMember] = {}
        with mistakes:
            self._add(root, "self", (), root, below_many=False)
        mistakes.settle()
        for check in (self._check_names, self._check_constants, self._apply_removals):
            with mistakes:
                check()
        mistakes.settle()

    def kinds(self, declared: ComponentClass) -> tuple[ComponentClass, ...]:
        """Return the classes of the model whose instances are instances of ``declared``."""
        return tuple(known for known in self.classes if known.derives_from(declared))

    def actions(self, declared: ComponentClass) -> list[ActionMember]:
        """Return the actions of a class of the model that nobody removed."""
        return [
            member
            for name, member in declared.members.items()
            if isinstance(member, ActionMember) and (declared, name) not in self._removed
        ]

    def removed(self, declared: ComponentClass) -> tuple[tuple[str, str], ...]:
        """Return the actions that a class of the model lost, as (first declaring class, name)."""
        taken = [*declared.removed.values()]
        taken += [member for (owner, _), member in self._removed.items() if owner is declared]
        return tuple((member.owner.name, member.name) for member in taken)

    def constants(self) -> dict[str, ConstantMember]:
        """Return the constants of the root by name."""
        return {name: member for name, member in self.root.members.items() if isinstance(member, ConstantMember)}

    def _add(
        self,
        declared: ComponentClass,
        path: str,
        above: tuple[ComponentClass, ...],
        named_by: ComponentClass,
        *,
        below_many: bool,
    ) -> None:
        source, where = named_by.module.source, named_by.node
        if any(known is declared for known in above):
            raise source.mistake(
                where, "E314", f"{declared.name} contains itself", "make it a part of another component"
            )
        if len(above) > MAXIMUM_PART_DEPTH or len(self.paths) >= MAXIMUM_INSTANCES:
            raise source.mistake(where, "E324", f"more than {MAXIMUM_INSTANCES} parts, or parts too deep", "use Each")
        if not any(known is declared for known in self.classes):
            self.classes.append(declared)
        self.paths.append((path, declared, below_many))
        for part in declared.parts():
            if part.many and above:
                hint = f"declare {part.name} in the root component {self.root.name}"
                message = f"{declared.name}.{part.name}: only the root component may hold Each[...]"
                raise declared.module.source.mistake(declared.node, "E314", message, hint)
            many = below_many or part.many
            self._add(part.kind, f"{path}.{part.name}", (*above, declared), declared, below_many=many)

    def _check_names(self) -> None:
        """Names are how the IR tells classes apart, so two classes or enums of one name cannot take part."""
        known, enums = self.families, self.enums
        for declared in self.classes:
            for ancestor in declared.lineage:
                other = known.setdefault(ancestor.name, ancestor)
                if other is not ancestor:
                    self._refuse_twins(ancestor, other)
        for module in {id(item.module): item.module for item in known.values()}.values():
            for bound in module.names.bound.values():
                symbol = bound.symbol
                if isinstance(symbol, EnumClass):
                    twin = enums.setdefault(symbol.name, symbol)
                    if twin is not symbol:
                        self._refuse_twins(symbol, twin)

    def check_twin(self, symbol: ComponentClass | EnumClass, node: ast.AST, source: Source) -> None:
        """Raise `Mistake` when the model means another class by this name: to Python they are two."""
        twin = self.enums.get(symbol.name) if isinstance(symbol, EnumClass) else self.families.get(symbol.name)
        if twin is not None and twin is not symbol:
            message = f"this {symbol.name} is not that of the model, at {twin.module.source.place(twin.node)}"
            raise source.mistake(node, "E207", message, "import it from there")

    def _refuse_twins(self, found: ComponentClass | EnumClass, other: ComponentClass | EnumClass) -> None:
        if other.module is self.root.module:  # the user can rename what is in the file at hand
            found, other = other, found
        place = other.module.source.place(other.node)
        message = f"there is another {found.name}, at {place}; to Python they are two"
        raise found.module.source.mistake(found.node, "E207", message, "rename one of the two, or import it")

    def _check_constants(self) -> None:
        """Nobody could tell what ``--set`` means, nor whether a part was meant to read the root's constant."""
        known = self.constants()
        for declared in self.classes[1:]:
            for name, member in declared.members.items():
                if isinstance(member, ConstantMember) and name in known:
                    message = f"the constant {name} of {declared.name} has the name of one of {self.root.name}"
                    hint = "rename one of the two: each instance of a part has its constants for itself"
                    source = next(
                        ancestor.module.source
                        for ancestor in declared.lineage
                        if ancestor.module.source.path == member.place.path
                    )
                    raise Mistake(Complaint("E317", message, member.place, hint, source.line(member.place.line)))

    def _apply_removals(self) -> None:
        for owner, name, node, module in self.root.removals:
            kinds = self.kinds(owner)
            if not kinds:
                known = ", ".join(declared.name for declared in self.classes)
                message = f"the model has no {owner.name}"
                raise module.source.mistake(node, "E409", message, f"its components: {known}")
            for kind in kinds:
                member = kind.members.get(name)
                if not isinstance(member, ActionMember) or (kind, name) in self._removed:
                    actions = [action.name for action in self.actions(kind)]
                    message = f"{kind.name} has no action {name} (any more)"
                    raise module.source.mistake(node, "E409", message, did_you_mean(name, actions))
                self._removed[kind, name] = member
        for declared in self.classes[1:]:
            if declared.removals:
                owner, name, node, module = declared.removals[0]
                hint = f"write it above the root component {self.root.name}"
                message = f"only the root component removes actions of its parts ({owner.name}.{name})"
                raise module.source.mistake(node, "E409", message, hint)
