"""Every model of the corpus once more, by hand: tuples and a set, nothing of the package.

`COUNTS` maps a model's name to a function of the number of devices that gives (states, transitions, depth), counted as in
figures.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import permutations, product
from typing import Any

Counts = tuple[int, int, int]
State = Any
"""Nested tuples, different in every model."""


def counted(starts: Iterable[Hashable], successors: Callable[[State], Iterator[Hashable]]) -> Counts:
    """Search breadth first."""
    level = list(dict.fromkeys(starts))
    seen = set(level)
    transitions, depth = 0, -1
    while level:
        depth += 1
        following = []
        for state in level:
            for after in successors(state):
                transitions += 1
                if after not in seen:
                    seen.add(after)
                    following.append(after)
        level = following
    return len(seen), transitions, depth


def put(values: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    """One value changed."""
    return (*values[:position], value, *values[position + 1 :])


def bench_tdi(devices: int) -> Counts:
    """A device is (tdi, driver, prepared, measured, verified, accepted, deferred); phases are numbered."""

    def moves(device: State, phase: int, auto: bool) -> Iterator[State]:
        t, d, p, m, v, a, f = device
        commands = (
            (auto and d == "none" and t == "U" and not f, (t, "untrusted", p, m, v, a, f)),
            (auto and d == "none" and not f and not a, (t, d, p, m, v, a, True)),
            (f, (t, d, p, m, v, a, False)),
            (phase >= 1 and d == "none" and t == "U" and not p, (t, "prepare", p, m, v, a, f)),
            (d == "prepare", (t, "none", True, m, v, a, f)),
            (phase >= 1 and t == "U" and d == "none" and p, ("L", d, p, m, v, a, f)),
            (t == "L" and not m, (t, d, p, True, v, a, f)),
            (t == "L" and m and not v, (t, d, p, m, True, a, f)),
            (t == "L" and v, ("R", d, p, m, v, a, f)),
            (t == "R" and not a, (t, d, p, m, v, True, f)),
            (a and t == "R" and d == "none", (t, "trusted", p, m, v, a, f)),
            (d in ("untrusted", "trusted"), (t, "none", p, m, v, a, f)),
            (t in ("L", "R"), ("E", d, p, m, v, a, f)),
            (t != "U" and d == "none", ("U", d, p, False, False, False, f)),
            (t != "U", ("U", d, p, False, False, a, f)),
            (a and t != "R", (t, d, p, m, v, False, f)),
        )
        return (after for guard, after in commands if guard)

    def successors(state: State) -> Iterator[State]:
        phase, auto, all_devices = state
        if phase == 0:
            yield (1, False, all_devices)
        if phase == 1:
            yield (2, auto, all_devices)
        if phase == 2 and all(device[1] in ("none", "trusted") for device in all_devices):
            yield (3, auto, all_devices)
        for position, device in enumerate(all_devices):
            for after in moves(device, phase, auto):
                yield (phase, auto, put(all_devices, position, after))

    return counted([(0, True, (("U", "none", False, False, False, False, False),) * devices)], successors)


def two_phase_commit(devices: int) -> Counts:
    """A participant is (state, has sent, was heard), and the decision of the manager."""

    def successors(state: State) -> Iterator[State]:
        managers, decision = state
        for position, (at, sent, heard) in enumerate(managers):
            if at == "working":
                yield put(managers, position, ("prepared", True, heard)), decision
                yield put(managers, position, ("aborted", sent, heard)), decision
            if decision == "none" and sent:
                yield put(managers, position, (at, sent, True)), decision
            if decision != "none":
                told = "committed" if decision == "commit" else "aborted"
                yield put(managers, position, (told, sent, heard)), decision
        if decision == "none":
            yield managers, "abort"
            if all(heard for _, _, heard in managers):
                yield managers, "commit"

    return counted([((("working", False, False),) * devices, "none")], successors)


def transaction_commit(devices: int) -> Counts:
    """W, P, C or A for each participant."""

    def successors(state: State) -> Iterator[State]:
        for position, at in enumerate(state):
            if at == "W":
                yield put(state, position, "P")
            if at == "P" and set(state) <= {"P", "C"}:
                yield put(state, position, "C")
            if at in "WP" and "C" not in state:
                yield put(state, position, "A")

    return counted([("W",) * devices], successors)


def increment(devices: int) -> Counts:
    """The counter, and for each thread what it saw and its line."""

    def successors(state: State) -> Iterator[State]:
        counter, threads = state
        for position, (seen, line) in enumerate(threads):
            if line == 1:
                yield counter, put(threads, position, (counter, 2))
            if line == 2:
                yield seen + 1, put(threads, position, (seen, 3))

    return counted([(0, ((0, 1),) * devices)], successors)


def die_hard(_: int) -> Counts:
    """What is in the jugs of 3 and 5."""

    def successors(state: State) -> Iterator[State]:
        small, big = state
        yield from ((3, big), (small, 5), (0, big), (small, 0))
        yield small - min(small, 5 - big), big + min(small, 5 - big)
        yield small + min(big, 3 - small), big - min(big, 3 - small)

    return counted([(0, 0)], successors)


def hour_clock(_: int) -> Counts:
    """The hour."""
    return counted(range(1, 13), lambda hour: iter([hour % 12 + 1]))


def hanoi(_: int) -> Counts:
    """The peg of each disk, the smallest first."""

    def successors(state: State) -> Iterator[State]:
        for disk, peg in enumerate(state):
            for other in {0, 1, 2} - {peg}:
                if peg not in state[:disk] and other not in state[:disk]:
                    yield put(state, disk, other)

    return counted([(0, 0, 0)], successors)


def readers_writers(devices: int) -> Counts:
    """What each process does: nothing, R or W."""

    def successors(state: State) -> Iterator[State]:
        for position, use in enumerate(state):
            if use:
                yield put(state, position, "")
            elif "W" not in state:
                yield put(state, position, "R")
            if not any(state):
                yield put(state, position, "W")

    return counted([("",) * devices], successors)


def dining_philosophers(devices: int) -> Counts:
    """Who has the fork before seat 0, 1, ... (F nobody, O the owner, N the neighbour), and who sits where."""

    def successors(state: State) -> Iterator[State]:
        seating, forks = state
        for seat in range(devices):
            following = (seat + 1) % devices
            if forks[seat] == "F":
                yield seating, put(forks, seat, "O")
                yield seating, put(forks, seat, "N")
            if forks[seat] == "O" and forks[following] == "N":
                yield seating, put(put(forks, seat, "F"), following, "F")

    return counted([(seating, ("F",) * devices) for seating in permutations(range(devices))], successors)


def philosophers(orders: tuple[str, str, str]) -> Counts:
    """What the philosophers do: thinking, hungry, the first fork, both; each takes the forks in the order given."""

    def successors(state: State) -> Iterator[State]:
        used = [fork for place, held in enumerate(state) for fork in orders[place][: max(0, held - 1)]]
        for place, held in enumerate(state):
            if held in (0, 3):
                yield put(state, place, (held + 1) % 4)
            elif orders[place][held - 1] not in used:
                yield put(state, place, held + 1)

    return counted([(0, 0, 0)], successors)


def peterson(_: int) -> Counts:
    """Where both processes are; the flag is up wherever a process is not idle."""

    def successors(state: State) -> Iterator[State]:
        at, turn = state
        for me, other in ((0, 1), (1, 0)):
            if at[me] == "idle":
                yield put(at, me, "flagged"), turn
            if at[me] == "flagged":
                yield put(at, me, "waiting"), other
            if at[me] == "waiting" and at[other] == "idle":
                yield put(at, me, "critical"), turn
            if at[me] == "waiting" and turn == me:
                yield put(at, me, "critical"), turn
            if at[me] == "critical":
                yield put(at, me, "idle"), turn

    return counted([(("idle", "idle"), 0)], successors)


def alternating_bit(_: int) -> Counts:
    """Both channels as tuples, the three bits, the datum sent and the one received."""

    def successors(state: State) -> Iterator[State]:
        messages, acknowledgements, bit, acknowledged, received_bit, sent, received = state
        rest = (bit, acknowledged, received_bit, sent, received)
        if len(messages) < 2 and bit == acknowledged:
            for datum in "ab":
                message = (1 - bit, datum)
                yield (((*messages, message), acknowledgements, 1 - bit, acknowledged, received_bit, datum, received))
        if len(messages) < 2 and bit != acknowledged:
            yield ((*messages, (bit, sent)), acknowledgements, *rest)
        if messages:
            yield (messages[1:], acknowledgements, bit, acknowledged, messages[0][0], sent, messages[0][1])
        if len(acknowledgements) < 2:
            yield (messages, (*acknowledgements, received_bit), *rest)
        if acknowledgements:
            yield (messages, acknowledgements[1:], bit, acknowledgements[0], received_bit, sent, received)
        for lost in range(len(messages)):
            yield ((*messages[:lost], *messages[lost + 1 :]), acknowledgements, *rest)
        for lost in range(len(acknowledgements)):
            yield (messages, (*acknowledgements[:lost], *acknowledgements[lost + 1 :]), *rest)

    starts = [((), (), bit, bit, bit, sent, received) for bit, sent, received in product((0, 1), "ab", "ab")]
    return counted(starts, successors)


def ewd840(_: int) -> Counts:
    """Which nodes are active, which are black, where the token is and whether it is black."""

    def successors(state: State) -> Iterator[State]:
        active, black, position, stained = state
        if position == 0 and (stained or black[0]):
            yield active, put(black, 0, False), 3, False
        if position > 0 and (not active[position] or black[position] or stained):
            yield active, put(black, position, False), position - 1, stained or black[position]
        for node in range(4):
            if active[node]:
                yield put(active, node, False), black, position, stained
                for other in {0, 1, 2, 3} - {node}:
                    darker = put(black, node, black[node] or other > node)
                    yield put(active, other, True), darker, position, stained

    flags = list(product((False, True), repeat=4))
    return counted(((active, black, at, True) for active in flags for black in flags for at in range(4)), successors)


def stabilising_ring(_: int) -> Counts:
    """Four machines with four values each."""

    def successors(state: State) -> Iterator[State]:
        if state[0] == state[3]:
            yield put(state, 0, (state[0] + 1) % 4)
        for machine in (1, 2, 3):
            if state[machine] != state[machine - 1]:
                yield put(state, machine, state[machine - 1])

    return counted(product(range(4), repeat=4), successors)


COUNTS: dict[str, Callable[[int], Counts]] = {
    "benchmarks/bench_tdi": bench_tdi,
    "two_phase_commit": two_phase_commit,
    "two_phase_commit_blocking": two_phase_commit,
    "transaction_commit": transaction_commit,
    "increment": increment,
    "die_hard": die_hard,
    "hour_clock": hour_clock,
    "hanoi": hanoi,
    "readers_writers": readers_writers,
    "dining_philosophers": dining_philosophers,
    "philosophers_weak": lambda _: philosophers(("ab", "bc", "ac")),
    "philosophers_strong": lambda _: philosophers(("ab", "bc", "ac")),
    "philosophers_symmetric": lambda _: philosophers(("ab", "bc", "ca")),
    "peterson": peterson,
    "peterson_stubborn": peterson,
    "peterson_unfair": peterson,
    "alternating_bit": alternating_bit,
    "alternating_bit_lossy": alternating_bit,
    "alternating_bit_strong": alternating_bit,
    "ewd840": ewd840,
    "stabilising_ring": stabilising_ring,
}
