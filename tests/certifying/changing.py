"""Small changes of documents, made of a random number generator: what changes of models, claims and proofs have in common."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Document = Any


class Chance(random.Random):
    """A random number generator that knows the members of enums."""

    members: dict[str, list[str]]


Change = Callable[[Chance, Document], bool]
"""Changes a document; returns whether there was something to change."""


def dropped(field: str) -> Change:
    """Leave one thing of a list out."""

    def changed(rng: Chance, thing: Document) -> bool:
        if not thing[field]:
            return False
        del thing[field][rng.randrange(len(thing[field]))]
        return True

    return changed


def negated(field: str) -> Change:
    """Put "not" before one formula of a list."""

    def changed(rng: Chance, thing: Document) -> bool:
        if not thing[field]:
            return False
        at = rng.randrange(len(thing[field]))
        thing[field][at] = ["not", thing[field][at]]
        return True

    return changed


def literals(written: Document) -> list[Document]:
    """Return all literals of an expression."""
    if not isinstance(written, list):
        return []
    if written[:1] == ["value"]:
        return [written]
    return [found for part in written for found in literals(part)]


def reads(written: Document) -> list[Document]:
    """Return all parts of an expression that read a variable after a step."""
    if not isinstance(written, list):
        return []
    return [written] if written[:1] == ["after"] else [found for part in written for found in reads(part)]


def other_value(rng: Chance, value: Document) -> Document:
    """Return another value of the same kind, as far as one can see."""
    if type(value) is int:
        return value + rng.choice((-1, 1))
    if value in ("true", "false"):
        return "false" if value == "true" else "true"
    enum = str(value).split(".")[0]
    others = [one for one in rng.members[enum] if f"{enum}.{one}" != value]
    return f"{enum}.{rng.choice(others)}" if others else value


def flipped(field: str) -> Change:
    """Turn a truth value round."""

    def changed(_: Chance, thing: Document) -> bool:
        thing[field] = not thing[field]
        return True

    return changed
