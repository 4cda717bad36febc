"""The search of IC3 for one question after the other: a path that meets the target, or lemmas that exclude it.

Cubes of states that lead to the target are excluded frame by frame.  A cube that a state of the frame before leads into
has the cube around that state excluded first; a cube that none leads into becomes a lemma, made as strong as dropping
its bits one variable, then one bit after the other allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits.frames import Entry, Frames
from tdispmodel.engines.bits.numbering import Bits, members
from tdispmodel.engines.bits.questions import Codes, Target, after
from tdispmodel.engines.protocol import Progress

Path = list[tuple[Codes, Move | None]]
"""States with the moves that leave them; none leaves the last."""


@dataclass(frozen=True, eq=False)
class Obligation:
    """A cube from which the target is reached: by ``move`` into the cube of ``then``, or at once."""

    bits: Bits
    move: Move | None = None
    then: Obligation | None = None


class Search:
    """The search in some frames.  ``level`` is the number of steps within which the target is known not to be met."""

    def __init__(self, lowered: Lowered, frames: Frames, progress: Progress) -> None:
        self.lowered = lowered
        self.frames = frames
        self.progress = progress
        self.level: int | None = None

    def path(self, met: Target) -> Path | None:
        """Return a path that ends in the target, None when it is never met: then the lemmas kept forever exclude it.

        Raises `GaveUp`.
        """
        frames = self.frames
        literal = frames.literal(met.condition)
        self.level = None
        start = frames.state(0, [literal])
        if start is not None:
            return [(frames.numbering.codes(start), None)]
        self.level = 0
        while frames.state(len(frames.levels), [literal]) is not None:
            here = self.level + 1
            frames.grow(here)
            while (state := frames.state(here, [literal])) is not None:
                bits = frames.reasons.why(met.condition, state)
                if bits is None:
                    message = "the solver's state does not meet the target"
                    raise AssertionError(message)
                found = self._excluded(Obligation(bits), here)
                if found is not None:
                    return found
            self.level = here
            frames.propagate(here)
            self.progress(f"nothing within {here} steps, {frames.size} lemmas")
        return None

    def _excluded(self, wanted: Obligation, last: int) -> Path | None:
        """Exclude a cube from frame number ``last``; return a path into it when it cannot be."""
        frames, number = self.frames, 0
        waiting = [(last, number, wanted)]
        while waiting:
            level, _, obligation = heappop(waiting)
            if frames.excluded(obligation.bits, level):
                continue
            found = frames.into(obligation.bits, level - 1)
            number += 1
            if isinstance(found, Entry):
                before = Obligation(found.bits, found.by.move, obligation)
                start = frames.starts.meets(found.bits)
                if start is not None:
                    return self._followed(start, before)
                heappush(waiting, (level - 1, number, before))
                heappush(waiting, (level, -number, obligation))
                continue
            bits = self._generalised(found, obligation.bits, level - 1)
            while level < last and not isinstance(frames.into(bits, level), Entry):
                level += 1
            frames.learn(bits, level)
            if level < last:
                heappush(waiting, (level + 1, number, obligation))
        return None

    def _followed(self, start: Bits, obligation: Obligation) -> Path:
        """The path from a start state through the cubes."""
        codes = self.frames.numbering.codes(start)
        path: Path = []
        while obligation.move is not None and obligation.then is not None:
            path.append((codes, obligation.move))
            codes, obligation = after(obligation.move, codes), obligation.then
        return [*path, (codes, None)]

    def _generalised(self, needed: Bits, bits: Bits, level: int) -> Bits:
        """Fewer of the bits, such that their cube still has no start state and is not entered from the frame."""
        frames = self.frames
        kept = frames.starts.avoided(needed, bits)
        for part in self._parts(kept):
            smaller = kept & ~part
            if smaller == kept or frames.starts.meets(smaller) is not None:
                continue
            found = frames.into(smaller, level)
            if not isinstance(found, Entry):
                kept = frames.starts.avoided(found, smaller)
        return kept

    def _parts(self, bits: Bits) -> Iterator[Bits]:
        """What may be dropped: all bits of a variable, then single bits of variables that have several."""
        several = []
        for field in self.frames.numbering.field:
            if part := bits & field:
                yield part
                several += [1 << bit for bit in members(part)] if part & (part - 1) else []
        yield from several
