"""Conditions on states that stand outside of model files, such as ``devices[0].driver is Driver.OPERATING``.

Given a model's world and one line of text with its place; gives a template formula or raises `Mistake`.  The language
is that of properties, with three differences: members of the root are written without ``now.``, an instance of a
collection is written with its index, and the enums of the model need no import.  In the formula the root is called
`ROOT` and an instance by its full name.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection as Several
from pathlib import Path

from tdispmodel.ir.expressions import Expression
from tdispmodel.reading.denotations import Denotation, Instance, PartMember
from tdispmodel.reading.expressions import Elaborator
from tdispmodel.reading.files import Source
from tdispmodel.reading.mistakes import Mistake
from tdispmodel.reading.names import Namespace
from tdispmodel.reading.scopes import Scope
from tdispmodel.reading.world import Budget, World
from tdispmodel.source import Complaint, Place, did_you_mean

ROOT = "now"
LONGEST = 4000


def read_condition(world: World, text: str, place: Place, line_text: str, instances: Several[str]) -> Expression:
    """Return the formula that ``text`` writes; ``instances`` are the full names that an index may give.

    ``place`` is where the text begins in its file, ``line_text`` the line that it stands in.  Raises `Mistake`.
    """
    if len(text) > LONGEST:
        raise Mistake(Complaint("E107", f"a condition has at most {LONGEST} letters", place, "split it", line_text))
    lines = [""] * (place.line - 1) + [line_text]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, filename="<condition>", mode="eval")
        before = len(line_text[: place.column - 1].encode())
        for node in ast.walk(tree):
            if isinstance(node, ast.expr):
                node.lineno, node.col_offset = place.line, node.col_offset + before
        source = Source(place.path, Path(), tuple(lines), ast.Module([], []))
        known: dict[str, Denotation] = {**world.enums, ROOT: Instance(ROOT, (world.root,))}
        body = _Indexed(world, source, instances, known).visit(tree.body)
        world.budget = Budget()
        elaborator = Elaborator(world, [ROOT, *instances])
        scope = Scope(Namespace(source), known)
        return elaborator.kept(body, scope, elaborator.truth(body, scope))
    except SyntaxError as fault:
        column = place.column + max(0, (fault.offset or 1) - 1)
        wrong = Place(place.path, place.line, min(column, len(line_text) + 1))
        message = f"this is no condition: {fault.msg}"
        raise Mistake(Complaint("E105", message, wrong, "write it as in a property", line_text)) from None
    except (RecursionError, MemoryError, ValueError):
        raise Mistake(Complaint("E106", "nested too deeply", place, "write it flatter", line_text)) from None


class _Indexed(ast.NodeTransformer):
    """Puts names into a condition that the elaborator knows: of the root before its members, one for each index."""

    def __init__(self, world: World, source: Source, instances: Several[str], known: dict[str, Denotation]) -> None:
        self.world = world
        self.source = source
        self.instances = instances
        self.known = known
        self.bound: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A member of the root, unless the name is bound inside the condition or an enum's."""
        if node.id in self.bound or node.id in self.known or node.id not in self.world.root.members:
            return node
        return ast.copy_location(ast.Attribute(ast.copy_location(ast.Name(ROOT), node), node.id), node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """What a generator binds hides the root's members of these names."""
        names = [clause.target.id for clause in node.generators if isinstance(clause.target, ast.Name)]
        self.bound += names
        self.generic_visit(node)
        del self.bound[len(self.bound) - len(names) :]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``devices[0]``."""
        collection, index = node.value, node.slice
        member = self.world.root.members.get(collection.id) if isinstance(collection, ast.Name) else None
        number = index.value if isinstance(index, ast.Constant) else None
        if not isinstance(member, PartMember) or not member.many or type(number) is not int:
            hint = "write a collection of the root and a number: devices[0]"
            raise self.source.mistake(node, "E319", "only instances have an index", hint)
        name = f"{member.name}[{number}]"
        if name not in self.instances:
            raise self.source.mistake(node, "E201", f"there is no {name[:40]}", did_you_mean(name, self.instances))
        self.known[name] = Instance(name, self.world.kinds(member.kind))
        return ast.copy_location(ast.Name(name), node)
