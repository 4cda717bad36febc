"""What a formula contains, worked out once for each of its parts, which many formulas may share."""

from __future__ import annotations

from tdispmodel.ir.expressions import Expression

Contents = tuple[frozenset[type[Expression]], frozenset[Expression]]
"""Kinds of nodes, and leaves."""


def contents(expression: Expression) -> Contents:
    """Return what kinds of nodes there are, the outermost among them, and which leaves; without recursion."""
    known: Contents | None = expression.__dict__.get("_contents")
    if known is not None:
        return known
    below: list[Expression] = []
    stack = [expression]
    while stack:
        node = stack.pop()
        below.append(node)
        stack.extend(child for child in node.children if "_contents" not in child.__dict__)
    for node in reversed(below):  # those further down first
        parts: list[Contents] = [child.__dict__["_contents"] for child in node.children]
        kinds = frozenset([type(node)]).union(*(kinds for kinds, _ in parts))
        leaves = frozenset[Expression]().union(*(leaves for _, leaves in parts)) if parts else frozenset([node])
        node.__dict__["_contents"] = (kinds, leaves)
    found: Contents = expression.__dict__["_contents"]
    return found
