"""Circuits as and-inverter graphs, written in the binary AIGER format, version 1.9.

`Circuit` is built from inputs, latches and conjunctions; a literal is twice a variable's number, plus one if it is
negated, as in the format: A. Biere, K. Heljanko, S. Wieringa, "AIGER 1.9 and beyond", 2011.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

FALSE, TRUE = 0, 1


class Circuit:
    """A circuit: inputs first, then latches, then conjunctions.  Latches start at 0."""

    def __init__(self, inputs: Sequence[str], latches: Sequence[str]) -> None:
        self.input_names, self.latch_names = tuple(inputs), tuple(latches)
        self.inputs = [2 * (number + 1) for number in range(len(inputs))]
        self.latches = [2 * (len(inputs) + number + 1) for number in range(len(latches))]
        self.gates: list[tuple[int, int]] = []
        self._known: dict[tuple[int, int], int] = {}

    def both(self, one: int, other: int) -> int:
        """Return the conjunction of two literals, made once."""
        one, other = max(one, other), min(one, other)
        if other == FALSE or one == other ^ 1:
            return FALSE
        if other in (TRUE, one):
            return one
        if (one, other) not in self._known:
            self.gates.append((one, other))
            self._known[one, other] = 2 * (len(self.inputs) + len(self.latches) + len(self.gates))
        return self._known[one, other]

    def all(self, literals: Iterable[int]) -> int:
        """Return the conjunction of literals, as a balanced tree."""
        left = list(literals)
        while len(left) > 1:
            pairs = [self.both(one, other) for one, other in zip(left[::2], left[1::2], strict=False)]
            left = pairs + left[len(left) // 2 * 2 :]
        return left[0] if left else TRUE

    def any(self, literals: Iterable[int]) -> int:
        """Return the disjunction of literals."""
        return self.all(literal ^ 1 for literal in literals) ^ 1

    def choice(self, test: int, then: int, otherwise: int) -> int:
        """Return ``then`` where ``test`` is true, else ``otherwise``."""
        return self.any((self.both(test, then), self.both(test ^ 1, otherwise)))

    def written(self, following: Sequence[int], bad: Sequence[tuple[str, int]], comment: Sequence[str]) -> bytes:
        """Return the circuit as a file: what each latch is next, names and literals of bad states, lines of comment."""
        counts = (len(self.inputs), len(self.latches), 0, len(self.gates), len(bad))
        head = [f"aig {len(self.inputs) + len(self.latches) + len(self.gates)} {' '.join(map(str, counts))}"]
        head += [*map(str, following), *(str(literal) for _, literal in bad)]
        gates = bytearray()
        for number, (one, other) in enumerate(self.gates, 1 + len(self.inputs) + len(self.latches)):
            gates += _varint(2 * number - one) + _varint(one - other)
        names = [f"i{number} {name}" for number, name in enumerate(self.input_names)]
        names += [f"l{number} {name}" for number, name in enumerate(self.latch_names)]
        names += [f"b{number} {name}" for number, (name, _) in enumerate(bad)]
        tail = "\n".join(map(_line, [*names, "c", *comment]))
        return "\n".join(head).encode("ascii") + b"\n" + bytes(gates) + tail.encode("ascii") + b"\n"


def _line(text: str) -> str:
    """Return text that stays on its line, whatever a stranger's names are."""
    return re.sub(r"[^ -~]", "?", text)


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
