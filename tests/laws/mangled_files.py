"""Trusted model files with some of their parts exchanged: mostly nonsense, now and then a model that nobody thought of.

Given the texts of files and a source of choices; gives another text, in which a few expressions or statements of one
file stand in the place of others.  Nothing comes in that did not stand in a trusted file, so it is safe to run.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Sequence

Change = Callable[[ast.Module, random.Random], None]


def mangled(text: str, choices: random.Random) -> str:
    """Return ``text`` with one to three parts changed."""
    tree = ast.parse(text)
    for _ in range(choices.randint(1, 3)):
        choices.choice(CHANGES)(tree, choices)
    return ast.unparse(ast.fix_missing_locations(tree))


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _expressions(tree: ast.Module) -> list[tuple[ast.AST, str, int | None, ast.expr]]:
    """Return each expression in a function's body, with the field (and position) of the node that holds it."""
    found: list[tuple[ast.AST, str, int | None, ast.expr]] = []
    for function in _functions(tree):
        for node in (inner for statement in function.body for inner in ast.walk(statement)):
            for name, value in ast.iter_fields(node):
                many = value if isinstance(value, list) else [value]
                for position, item in enumerate(many):
                    if isinstance(item, ast.expr):
                        found.append((node, name, position if isinstance(value, list) else None, item))
    return found


def _put(place: tuple[ast.AST, str, int | None, ast.expr], new: ast.expr) -> None:
    holder, name, position, _ = place
    if position is None:
        setattr(holder, name, new)
    else:
        getattr(holder, name)[position] = new


def exchange_expression(tree: ast.Module, choices: random.Random) -> None:
    """Put a copy of one expression in the place of another."""
    places = _expressions(tree)
    place, other = choices.choice(places), choices.choice(places)[3]
    wanted = getattr(place[3], "ctx", None)
    new = copy.deepcopy(other)
    if isinstance(wanted, ast.Store):
        if not isinstance(new, ast.Attribute | ast.Name):
            return
        new.ctx = ast.Store()
    elif isinstance(new, ast.Attribute | ast.Name | ast.Tuple | ast.List):
        new.ctx = ast.Load()
    _put(place, new)


def exchange_name(tree: ast.Module, choices: random.Random) -> None:
    """Give an attribute or a name another one's name."""
    attributes = [item for _, _, _, item in _expressions(tree) if isinstance(item, ast.Attribute)]
    names = [item for _, _, _, item in _expressions(tree) if isinstance(item, ast.Name)]
    if attributes and choices.random() < 0.5:
        choices.choice(attributes).attr = choices.choice(attributes).attr
    elif names:
        choices.choice(names).id = choices.choice(names).id


def exchange_operator(tree: ast.Module, choices: random.Random) -> None:
    """Change an operator for another one of its kind."""
    node = choices.choice([item for _, _, _, item in _expressions(tree)])
    match node:
        case ast.Compare():
            node.ops[choices.randrange(len(node.ops))] = choices.choice(COMPARISONS)()
        case ast.BoolOp():
            node.op = choices.choice([ast.And, ast.Or])()
        case ast.BinOp():
            node.op = choices.choice([ast.Add, ast.Sub, ast.Mult])()
        case ast.UnaryOp():
            node.op = choices.choice([ast.Not, ast.USub])()
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + choices.choice([-1, 1])


def move_statement(tree: ast.Module, choices: random.Random) -> None:
    """Put a statement of a function somewhere into the same or another one, or take it away."""
    origin, target = choices.choice(_functions(tree)), choices.choice(_functions(tree))
    moved = choices.choice(origin.body)
    if len(origin.body) > 1 and choices.random() < 0.7:
        origin.body.remove(moved)
    if choices.random() < 0.8:
        target.body.insert(choices.randint(0, len(target.body)), copy.deepcopy(moved))


def swap_statements(tree: ast.Module, choices: random.Random) -> None:
    """Exchange two neighbouring statements of a function."""
    longer = [function for function in _functions(tree) if len(function.body) > 2]
    if longer:
        body = choices.choice(longer).body
        position = choices.randint(1, len(body) - 2)
        body[position], body[position + 1] = body[position + 1], body[position]


COMPARISONS: Sequence[type[ast.cmpop]] = (
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Is,
    ast.IsNot,
    ast.In,
    ast.NotIn,
)
CHANGES: Sequence[Change] = (
    exchange_expression,
    exchange_expression,
    exchange_name,
    exchange_operator,
    move_statement,
    swap_statements,
)
