"""Breadth-first search in partitions: whoever drives it goes from level to level, the partitions do the rest.

Given a system, what to watch for, limits and members; gives `Partitioned`.  A level ends when all partitions have
expanded their part of it and all that it leads to is where it belongs, so depth, counts and the least state in which
something is true are those of a search in one process, however many partitions there are.

Each partition's levels, and what was sent to it on this one, are kept until the end.  A partition whose process is gone
is built anew from them and expands its part of the level once more; what it leads to is known already by those who had
gone on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from tdispmodel.compiling.arrays import Packing, Words
from tdispmodel.compiling.parts import Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.distributed.members import Answer, Content, Gone, Lost, Members
from tdispmodel.engines.distributed.owners import owners
from tdispmodel.engines.distributed.partition import OUT_OF_TIME, Before, Said, Share
from tdispmodel.engines.distributed.ways import traces
from tdispmodel.engines.protocol import LimitReached, Limits, Progress
from tdispmodel.engines.wide.answers import checkable_again
from tdispmodel.engines.wide.progress import line
from tdispmodel.engines.wide.search import SHARE_FOR_WAYS, TELL_EVERY, Found, Kept, Left, Met, start_rows
from tdispmodel.engines.wide.symmetry import Permutation
from tdispmodel.engines.wide.ways import leaving
from tdispmodel.ir.system import System
from tdispmodel.verdict import LocalStates, NumberedStates, OutOfRange, Space, Trace

WAIT = 0.5
"""Seconds until the time, and the user, are looked at again."""
PATIENCE = 5.0
"""Seconds that a partition may take to notice that the time is used up."""
MOST_DEATHS = 8
"""So often partitions are built anew in one search."""


@dataclass(frozen=True)
class _Asked:
    """Who was asked, and what else will be answered."""

    member: int
    others: tuple[Answer, ...] = ()


class Partitioned:
    """What was found: ``met`` has for each watched formula, by its number, where it was true first.

    The ``numbers`` of what was met are the words of the state.
    """

    def __init__(
        self,
        system: System,
        watched: Sequence[Watch],
        limits: Limits,
        progress: Progress,
        members: Members,
    ) -> None:
        self.system = system
        self.watched = tuple(watched)
        self.limits = limits
        self.progress = progress
        self.members = members
        self.packing = Packing(system)
        self.parts = Parts(self.packing)
        self.met: dict[int, Met] = {}
        self._least: dict[int, Found] = {}
        self._left: Found | None = None
        self.states = self.transitions = self.complete_levels = 0
        self.sizes_of_levels: list[int] = []
        self.finished = False
        self.deaths = 0
        self._everyone = range(members.count)
        self._levels: list[list[tuple[int, Answer]]] = [[] for _ in self._everyone]
        self._sent: list[list[Answer]] = [[] for _ in self._everyone]
        self._taking: list[tuple[int, Answer]] = []
        self._transitions = [0] * members.count
        self._memory = [0] * members.count
        self._told = self._began = time.monotonic()

    @property
    def stood_for(self) -> int:
        """How many states were found."""
        return self.states

    @property
    def interchanged(self) -> None:
        """No instances are interchanged: each state is visited."""

    @property
    def space(self) -> Space | None:
        """The counts, once nothing new is found."""
        return Space(self.states, self.transitions, max(0, len(self.sizes_of_levels) - 1)) if self.finished else None

    @property
    def bound(self) -> int | None:
        """The depth down to which every state was examined; None when not even the start states were."""
        return self.complete_levels - 1 if self.complete_levels else None

    def run(self, kept: Kept | None = None) -> None:
        """Search until nothing new is found.

        Raises `LimitReached`, `RecursionError` for a formula that nests too deeply, and `Left` where an integer leaves
        its range.
        """
        del kept  # nothing of it is written down
        self._start()
        while not self.finished:
            self._expand()
            if self._left is not None:
                self._tell_left()
            self.transitions += sum(self._transitions)
            self.complete_levels += 1
            self._go_on()

    def ways(self, met: Sequence[Met], last: Sequence[Permutation]) -> list[Trace]:
        """Return a shortest behaviour to each of what was met.  Raises `LimitReached`."""
        del last  # nothing is interchanged
        return traces(self, met)

    def leaving(self, left: Left) -> OutOfRange:
        """Return what a step that leaves a range means.  Raises `LimitReached`."""
        (trace,) = traces(self, [Met(left.met.level, left.met.numbers)])
        return leaving(self.system, self.system.actions[left.met.action], trace)

    def certificate(self) -> NumberedStates:
        """Return the local states of all partitions.  Raises `LimitReached` when nobody could check it."""
        lists = self._say_all("listed")
        listed = tuple(
            LocalStates(names, tuple(sorted({values for each in lists for values in each[part]})))
            for part, names in enumerate(self.parts.variables)
        )
        apart = tuple((part,) for part in self.parts.instances)
        checkable_again([len(each.states) for each in listed], apart, self.limits.memory, f"{self.states} states")
        return NumberedStates(listed, self.states)

    def before(self, level: int, rows: Words) -> list[Before]:
        """Return for each state the least step from a state of a level that leads to it.  Raises `LimitReached`."""
        least: dict[int, Before] = {}
        for said, found in self._say_all("before", level, rows, self._seconds(ways=True)):
            if said.stopped:
                self._stop(self._why(said.stopped))
            for each in found:
                known = least.get(each.place, each)
                least[each.place] = min(each, known, key=lambda one: (one.row, one.action))
        return [least[place] for place in sorted(least)]

    # --- one level --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        rows = start_rows(self.packing)
        owner = owners(rows, self.members.count)
        for member, answer in enumerate([self._begin(member) for member in self._everyone]):
            try:
                self._began_well(answer)
            except Gone:
                self._build_anew(member)
        for member in self._everyone:
            self._send(member, rows[owner == member])
        self._go_on()

    def _expand(self) -> None:
        """Let all partitions expand the last level, and send what it leads to where it belongs."""
        self._transitions = [0] * self.members.count
        waiting = dict(map(self._asked_to_expand, self._everyone))

        def again(member: int) -> tuple[Answer, _Asked]:
            self._build_anew(member)
            self._transitions[member] = 0
            return self._asked_to_expand(member)

        for asked, said in self._answered(waiting, again):
            for to, bucket in enumerate(asked.others):
                if said.sent[to]:
                    self._send(to, bucket)
            self._note(asked.member, said)
            if said.more:
                waiting.update([self._asked_to_expand(asked.member)])
        for _, answer in self._taking:
            with suppress(Gone):  # who is gone is built anew, and takes it again
                self._value(answer)
        self._taking = []

    def _go_on(self) -> None:
        """Let all partitions go on to the next level."""
        waiting = dict(map(self._asked_to_go_on, self._everyone))
        new = 0

        def again(member: int) -> tuple[Answer, _Asked]:
            self._build_and_expand(member)
            return self._asked_to_go_on(member)

        for asked, said in self._answered(waiting, again):
            self._memory[asked.member] = said.memory
            if said.stopped:
                self._stop(self._why(said.stopped, asked.member))
            self._levels[asked.member].append((said.states, asked.others[0]))
            new += said.states
        self._sent = [[] for _ in self._everyone]
        if new:
            self.sizes_of_levels.append(new)
            self.states += new
        self.finished = not new

    def _note(self, member: int, said: Said) -> None:
        """Note what a partition said about what it expanded."""
        self._transitions[member] += said.transitions
        self._memory[member] = said.memory
        for number, found in said.found.items():
            met = self.met.get(number)
            if met is None or (met.level == found.met.level and found.key < self._least[number].key):
                self.met[number], self._least[number] = _anywhere(found), found
        if said.left is not None and (self._left is None or said.left.key < self._left.key):
            self._left = said.left
        if said.stopped:
            self._stop(self._why(said.stopped, member))

    # --- what is asked of members -----------------------------------------------------------------------------------

    def _begin(self, member: int) -> Answer:
        memory = self.limits.memory
        share = None if memory is None else memory // self.members.count
        return self.members.begin(member, Share(self.system, self.watched, member, self.members.count, share))

    def _began_well(self, answer: Answer) -> None:
        if not self._value(answer):
            message = "a formula nests too deeply"
            raise RecursionError(message)

    def _send(self, member: int, rows: object) -> None:
        """Let a partition take note of states; they are kept until the end of the level."""
        self._sent[member].append(rows)
        (answer,) = self.members.call(member, "take", rows, self._seconds())
        self._taking.append((member, answer))

    def _asked_to_expand(self, member: int) -> tuple[Answer, _Asked]:
        answer, *buckets = self.members.call(member, "expand", self._seconds(), answers=1 + self.members.count)
        return answer, _Asked(member, tuple(buckets))

    def _asked_to_go_on(self, member: int) -> tuple[Answer, _Asked]:
        answer, rows = self.members.call(member, "go_on", tuple(self.met), self._seconds(), answers=2)
        return answer, _Asked(member, (rows,))

    def _say_all(self, method: str, *arguments: object) -> list[Content]:
        """Return what each partition answers to a question.  Raises `LimitReached`."""

        def called(member: int) -> tuple[Answer, _Asked]:
            (answer,) = self.members.call(member, method, *arguments)
            return answer, _Asked(member)

        def again(member: int) -> tuple[Answer, _Asked]:
            self._build_anew(member)
            return called(member)

        found = {
            asked.member: said for asked, said in self._answered(dict(map(called, self._everyone)), again, ways=True)
        }
        return [found[member] for member in self._everyone]

    def _answered(
        self, waiting: dict[Answer, _Asked], again: Callable[[int], tuple[Answer, _Asked]], *, ways: bool = False
    ) -> Iterator[tuple[_Asked, Content]]:
        """Yield answers as they come, until nobody is waited for, also of those who were added meanwhile.

        A member that is gone is asked ``again``, which builds it anew.  Raises `LimitReached`.
        """
        while waiting:
            answer = self._next(waiting, ways=ways)
            asked = waiting.pop(answer)
            try:
                said = self._value(answer)
            except Gone:
                waiting.update([again(asked.member)])
                continue
            yield asked, said

    # --- members that are gone --------------------------------------------------------------------------------------

    def _build_and_expand(self, member: int) -> None:
        """Bring a partition that is gone to the end of the level; those to whom it sent states have them."""
        while True:
            self._build_anew(member)
            try:
                more = bool(self.sizes_of_levels)
                while more:
                    said = self._value(self._asked_to_expand(member)[0])
                    if said.stopped:
                        self._stop(self._why(said.stopped, member))
                    more = said.more
            except Gone:
                continue
            return

    def _build_anew(self, member: int) -> None:
        """Bring a partition that is gone to the last level, with what was sent to it since.  Raises `LimitReached`."""
        while True:
            self.deaths += 1
            if self.deaths > MOST_DEATHS:
                self._stop(f"processes of partitions ended {self.deaths} times")
            self.members.end(member)
            try:
                self._built(member)
            except Gone:
                continue
            return

    def _built(self, member: int) -> None:
        self._began_well(self._begin(member))
        for states, rows in self._levels[member]:
            (answer,) = self.members.call(member, "restore", rows, self._seconds())
            said = self._value(answer)
            if said.stopped or said.states != states:
                why = said.stopped or "what it had is in files"
                self._stop(f"the process of partition {member + 1} of {self.members.count} ended, and {why}")
        for rows in self._sent[member]:
            (answer,) = self.members.call(member, "take", rows, self._seconds())
            self._value(answer)

    # --- limits -----------------------------------------------------------------------------------------------------

    def _next(self, waiting: Collection[Answer], *, ways: bool = False) -> Answer:
        """Return an answer that can be looked at.  Raises `LimitReached`."""
        while True:
            ready = self.members.ready(list(waiting), WAIT)
            now = time.monotonic()
            if now - self._told >= TELL_EVERY:
                self._told = now
                speed = self.states / max(now - self._began, 1e-9)
                self.progress(line(self.sizes_of_levels, "states", self.transitions, speed, sum(self._memory)))
            if ready:
                return ready[0]
            left = self._seconds(ways=ways)
            if left is not None and left < -PATIENCE:
                self._stop(self._why(OUT_OF_TIME))

    def _value(self, answer: Answer) -> Content:
        """Return an answer.  Raises `Gone`, and `LimitReached` where it is lost."""
        try:
            return self.members.value(answer)
        except Lost as lost:
            self._stop(str(lost))

    def _seconds(self, *, ways: bool = False) -> float | None:
        """How long something may take; the last of the time is for ``ways``."""
        limits = self.limits
        kept = SHARE_FOR_WAYS if self.met and not ways else 0.0
        return None if limits.seconds is None else limits.seconds * (1 - kept) - limits.spent()

    def _why(self, stopped: str, member: int | None = None) -> str:
        if stopped == OUT_OF_TIME:
            return f"{stopped} after {self.limits.seconds:g} s"
        return stopped if member is None else f"{stopped} in partition {member + 1} of {self.members.count}"

    def _stop(self, why: str) -> NoReturn:
        self._tell_left()
        message = f"{why} with {self.states} states found and {self.complete_levels} levels complete"
        raise LimitReached(message)

    def _tell_left(self) -> None:
        left, self._left = self._left, None
        if left is not None:
            raise Left(_anywhere(left))


def _anywhere(found: Found) -> Met:
    """Return where something was found, with the words of the state: numbers mean something in one partition only."""
    *words, action = found.key
    return Met(found.met.level, tuple(words), action)
