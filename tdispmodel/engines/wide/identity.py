"""What a checkpoint is about, as digests: two systems have the same one if, and only if, they have the same steps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum

from tdispmodel.compiling.successors import Watch
from tdispmodel.ir.system import System


def of_system(system: System) -> str:
    """Return the digest of variables, start states, and actions with their actors, guards and effects.

    Where a model is written, and what its actions are for, makes no difference.
    """
    digests = _Digests()
    actions = (
        (action.name, action.actor, action.guards, action.assignments)  # what a search looks at
        for action in system.actions
    )
    return digests.of((system.variables, tuple(actions), system.initially)).hex()


def of_watches(watched: Sequence[Watch]) -> str:
    """Return the digest of what is looked for, in this order."""
    digests = _Digests()
    return digests.of(tuple((watch.formula, watch.of_steps) for watch in watched)).hex()


class _Digests:
    """Digests of data, each part that is shared worked out once."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[object, bytes]] = {}

    def of(self, value: object) -> bytes:
        """Return the digest of frozen data, of which order counts but in sets."""
        known = self.known.get(id(value))
        if known is not None:
            return known[1]
        found = self._worked_out(value)
        self.known[id(value)] = value, found
        return found

    def _worked_out(self, value: object) -> bytes:
        match value:
            case Enum():
                return digest(type(value).__name__, [value.name.encode()])
            case str() | int() | None:
                return digest(type(value).__name__, [repr(value).encode()])
            case tuple():
                return digest("tuple", map(self.of, value))
            case frozenset():
                return digest("set", sorted(map(self.of, value)))
            case _ if is_dataclass(value):
                parts = (self.of(getattr(value, field.name)) for field in fields(value) if field.compare)
                return digest(type(value).__name__, parts)
            case _:
                message = f"{type(value).__name__} has no digest"
                raise TypeError(message)


def digest(kind: str, parts: Iterable[bytes]) -> bytes:
    """Return the digest of something of a kind that is made of parts; their lengths count, too."""
    made = hashlib.sha256(kind.encode())
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.digest()
