"""Which properties ``-k`` selects.

``-k EXPR`` is an expression of terms, ``and``, ``or``, ``not`` and parentheses.  A term matches a property when it is
part of the property's name (case does not matter, ``-`` is ``_``) or when it is the property's code.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tdispmodel.checking.mistakes import BAD_SELECTION, mistake, shortened
from tdispmodel.source import Rejected

Matcher = Callable[[str, str], bool]
"""Whether a property with this name and this code is selected."""

TOKEN = re.compile(r"\s*(?:(?P<mark>[()])|(?P<word>[\w.:@\[\]=-]+))")
MAXIMUM_LENGTH = 4000
MAXIMUM_DEPTH = 50


def selection(expression: str) -> Matcher:
    """Return the matcher of ``expression``; an empty one selects everything.  Raises `Rejected` if it is malformed."""
    if not expression.strip():
        return everything
    if len(expression) > MAXIMUM_LENGTH:
        raise malformed(expression, f"it is longer than {MAXIMUM_LENGTH} characters")
    return _Reader(expression).whole()


def everything(_name: str, _code: str) -> bool:
    """Select each property."""
    return True


def term(word: str) -> Matcher:
    """Return the matcher of one word."""
    wanted = word.lower().replace("-", "_")
    return lambda name, code: wanted in name.lower() or wanted == code.lower()


def malformed(expression: str, why: str) -> Rejected:
    """Return the complaint about a selection."""
    return mistake(
        BAD_SELECTION,
        f"-k {shortened(expression)!r} cannot be read: {why}",
        "write names or codes with and, or, not and parentheses: -k 'bind and not TDM101'",
    )


class _Reader:
    """One expression, read from left to right."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = self.split()
        self.depth = 0

    def split(self) -> list[str]:
        tokens, position, end = [], 0, len(self.expression.rstrip())
        while position < end:
            found = TOKEN.match(self.expression, position)
            if found is None:
                raise malformed(self.expression, f"{self.expression[position:].strip()[0]!r} means nothing here")
            tokens.append(found["mark"] or found["word"])
            position = found.end()
        return tokens

    def whole(self) -> Matcher:
        result = self.either()
        if self.tokens:
            raise malformed(self.expression, f"{shortened(self.tokens[0])!r} is left over")
        return result

    def either(self) -> Matcher:
        parts = [self.both()]
        while self.next_is("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda name, code: any(part(name, code) for part in parts)

    def both(self) -> Matcher:
        parts = [self.single()]
        while self.next_is("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else lambda name, code: all(part(name, code) for part in parts)

    def single(self) -> Matcher:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise malformed(self.expression, f"it is nested more than {MAXIMUM_DEPTH} deep")
        result = self.inside()
        self.depth -= 1
        return result

    def inside(self) -> Matcher:
        if not self.tokens:
            raise malformed(self.expression, "something is missing at its end")
        token = self.tokens.pop(0)
        if token == "not":  # noqa: S105  # a word of the language, no secret
            operand = self.single()
            return lambda name, code: not operand(name, code)
        if token == "(":  # noqa: S105  # as above
            result = self.either()
            if not self.next_is(")"):
                raise malformed(self.expression, "a ) is missing")
            return result
        if token in (")", "and", "or"):
            raise malformed(self.expression, f"{token!r} cannot stand there")
        return term(token)

    def next_is(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False
