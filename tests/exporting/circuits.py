"""Binary AIGER files read back and simulated, by the format alone; and ABC, asked about them.

`read` knows nothing of how the project writes: it goes by A. Biere, K. Heljanko, S. Wieringa, "AIGER 1.9 and beyond",
2011.  `Parsed.run` evaluates the circuit for many inputs at once: a signal is an integer with a bit for each of them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ABC = "berkeley-abc"


@dataclass(frozen=True)
class Parsed:
    """A file's numbers: next literals of latches, literals of bad states, gates, names by ``i0``, ``l0``, ``b0``, comment."""

    inputs: int
    latches: tuple[int, ...]
    bad: tuple[int, ...]
    gates: tuple[tuple[int, int], ...]
    names: dict[str, str]
    comment: tuple[str, ...]

    def named(self, kind: str) -> list[str]:
        """The names of inputs, latches or bad states, in order."""
        count = {"i": self.inputs, "l": len(self.latches), "b": len(self.bad)}[kind]
        return [self.names[f"{kind}{number}"] for number in range(count)]

    def run(self, latches: Sequence[int], inputs: Sequence[int], width: int) -> tuple[list[int], list[int]]:
        """Return what the latches are next and what is bad, for ``width`` valuations at once."""
        ones = (1 << width) - 1
        values = [0, *inputs, *latches]
        assert len(values) == 1 + self.inputs + len(self.latches)

        def literal(number: int) -> int:
            return values[number >> 1] ^ (ones if number & 1 else 0)

        for one, other in self.gates:
            values.append(literal(one) & literal(other))
        return [literal(one) for one in self.latches], [literal(one) for one in self.bad]


def read(content: bytes) -> Parsed:
    """Read a binary file with bad states and without outputs, constraints, justice, fairness and resets."""
    place = 0

    def line() -> str:
        nonlocal place
        end = content.index(b"\n", place)
        found, place = content[place:end].decode("ascii"), end + 1
        return found

    def delta() -> int:
        nonlocal place
        found, shift = 0, 0
        while True:
            byte, place = content[place], place + 1
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found

    magic, *numbers = line().split()
    most, inputs, latches, outputs, gates, bad = map(int, numbers)
    assert (magic, outputs, most) == ("aig", 0, inputs + latches + gates)
    following = tuple(int(line()) for _ in range(latches))
    bads = tuple(int(line()) for _ in range(bad))
    found: list[tuple[int, int]] = []
    for number in range(inputs + latches + 1, most + 1):
        one = 2 * number - delta()
        other = one - delta()
        assert 0 <= other <= one < 2 * number
        found.append((one, other))
    lines = content[place:].decode("ascii").split("\n")
    split = lines.index("c")
    names = dict(row.split(" ", 1) for row in lines[:split])
    assert lines[-1] == ""
    return Parsed(inputs, following, bads, tuple(found), names, tuple(lines[split + 1 : -1]))


def abc(content: bytes, folder: Path, *, frames: int = 100) -> list[int | None]:
    """Return for each bad state the frame in which ABC first finds it, None where it proves that there is none.

    Which of the two is for `pdr` to say; where it is found, `bmc3` finds the first frame.
    """
    path = folder / "circuit.aig"
    path.write_bytes(content)
    found: list[int | None] = []
    for number in range(len(read(content).bad)):
        said = _told(path, f"cone -O {number} -s", "pdr")
        violated = re.search(r"was asserted in frame (\d+)", said) is not None
        # a property that is constant is decided before `pdr` begins
        assert violated or re.search(r"Property proved|is trivially unsat", said), said
        if violated:
            shortest = re.search(
                r"was asserted in frame (\d+)", _told(path, f"cone -O {number} -s", f"bmc3 -F {frames}")
            )
            assert shortest is not None, said
            found.append(int(shortest[1]))
        else:
            found.append(None)
    return found


def _told(path: Path, *commands: str) -> str:
    line = "; ".join((f"read_aiger {path.name}", *commands))
    return subprocess.run(
        [ABC, "-c", line], cwd=path.parent, capture_output=True, text=True, timeout=120, check=True
    ).stdout
