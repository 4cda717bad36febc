"""Docstrings: their text, the source in the last square brackets, and the first line."""

from __future__ import annotations

import ast
import inspect

from tdispmodel.reading.files import Source


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a text."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a body after its docstring."""
    return body[1:] if body and is_text(body[0]) else body


def docstring(node: ast.FunctionDef | ast.ClassDef, source: Source) -> str:
    """Return the cleaned docstring, empty if there is none.  Raises `Mistake` for characters that hide something."""
    if not node.body or not is_text(node.body[0]):
        return ""
    return cleaned(node.body[0], source)


def cleaned(statement: ast.stmt, source: Source) -> str:
    """Return the text of a statement for which `is_text` holds, without indentation."""
    text = inspect.cleandoc(getattr(getattr(statement, "value", None), "value", ""))
    for character in text:
        if not character.isprintable() and character not in "\n\t":
            message = f"the character U+{ord(character):04X} must not stand in a text that is shown"
            raise source.mistake(statement, "E104", message, 'remove it; write r"""...""" if a backslash is meant')
    return text


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def text_and_source(text: str) -> tuple[str, str]:
    """Return a text without what stands in square brackets at its end, and that: ``("Resets.", "PCIe 6 11.4")``."""
    line = one_line(text)
    if not line.endswith("]"):
        return line, ""
    depth = 0
    for position in range(len(line) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(line[position], 0)
        if depth == 0:
            return line[:position].rstrip(), line[position + 1 : -1].strip()
    return line, ""
