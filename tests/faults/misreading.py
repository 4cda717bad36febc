"""Readers that misread: the tree of a file is changed between parsing and reading, as if a rule took it for another."""

from __future__ import annotations

import ast


class Misreading(ast.NodeTransformer):
    """A rule of the reader gone wrong, as a change of the tree that it sees."""


class IsNotAsIs(Misreading):
    """``is not`` is read as ``is``."""

    def visit_IsNot(self, _: ast.IsNot) -> ast.cmpop:  # the library's names
        """Change the operator."""
        return ast.Is()


class AndAsOr(Misreading):
    """``and`` is read as ``or``."""

    def visit_And(self, _: ast.And) -> ast.boolop:  # as above
        """Change the operator."""
        return ast.Or()


class AtMostAsLess(Misreading):
    """``<=`` is read as ``<``."""

    def visit_LtE(self, _: ast.LtE) -> ast.cmpop:  # as above
        """Change the operator."""
        return ast.Lt()


class NotForgotten(Misreading):
    """``not x`` is read as ``x``."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:  # as above
        """Leave the operator out."""
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.Not) else node


class AllAsAny(Misreading):
    """``all(...)`` is read as ``any(...)``."""

    def visit_Name(self, node: ast.Name) -> ast.Name:  # as above
        """Change the word."""
        return ast.copy_location(ast.Name("any", node.ctx), node) if node.id == "all" else node


class ConditionsOfGeneratorsForgotten(Misreading):
    """The ``if`` of a generator is not read."""

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        """Leave the conditions out."""
        self.generic_visit(node)
        node.ifs = []
        return node


class StartValueIgnored(Misreading):
    """A truth value starts as false, whatever stands there."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:  # as above
        """Change the start value."""
        if isinstance(node.value, ast.Constant) and node.value.value is True:
            node.value = ast.copy_location(ast.Constant(value=False), node.value)
        return node


class FairIgnored(Misreading):
    """What an action says of its fairness is not read."""

    def visit_Call(self, node: ast.Call) -> ast.Call:  # as above
        """Leave the keyword out."""
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "fair"]
        return node


class PremiseIgnored(Misreading):
    """The premise of a property is not read."""

    def visit_Call(self, node: ast.Call) -> ast.Call:  # as above
        """Leave the keyword out."""
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "after"]
        return node


class AfterAsNow(Misreading):
    """In a property the state after a step is read as the state before it."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:  # as above
        """Change the name."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "after":
            node.value = ast.copy_location(ast.Name("now", ast.Load()), node.value)
        return node


class AddedAsAssigned(Misreading):
    """``x += 1`` is read as ``x = 1``."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.Assign:  # as above
        """Change the statement."""
        return ast.copy_location(ast.Assign([node.target], node.value), node)


class BranchesSwapped(Misreading):
    """``a if c else b`` is read as ``b if c else a``."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:  # as above
        """Swap the branches."""
        self.generic_visit(node)
        node.body, node.orelse = node.orelse, node.body
        return node


class RemovalsIgnored(Misreading):
    """Decorators of classes are not read."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:  # as above
        """Leave the decorators out."""
        node.decorator_list = []
        return node


MISREADINGS: tuple[type[Misreading], ...] = (
    IsNotAsIs,
    AndAsOr,
    AtMostAsLess,
    NotForgotten,
    AllAsAny,
    ConditionsOfGeneratorsForgotten,
    StartValueIgnored,
    FairIgnored,
    PremiseIgnored,
    AfterAsNow,
    AddedAsAssigned,
    BranchesSwapped,
    RemovalsIgnored,
)
