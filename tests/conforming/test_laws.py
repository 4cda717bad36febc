"""Simulated logs are accepted, whole and with half of their events dropped; changed ones exactly where the oracle says so."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import pytest

from tests.conforming.asking import asked_of
from tests.conforming.oracle import FTRACE, KERNEL, SOURCES, UEVENTS, Graph, Label, Oracle, graph_of, key
from tests.conforming.simulating import Timed, corrupted, halved, simulated, text_of, vocabulary

QUIET = ("host.swap", "host.refuse", "host.error", "host.stall")
"""Switched off in the gate: moves that leave no line of their own and double the states."""

BINDING = (("kernel", "BEFORE_6_19"),)
"""So that devices are bound as they arrive: otherwise random behaviours hardly ever bind."""

EXPOSING = (("sleep", "KEEPS_STATE"), ("aer_resets", "True"), ("operating_driver", "BUILTIN"))
"""Constants under which forms are written that the default never writes."""

LINES = 24


def rounds(graph: Graph, source: str, *, complete: bool, count: int, seed: int) -> list[tuple[list[Timed], bool]]:
    """Return ``count`` changed logs, each with whether it is accepted; assert on the way that the unchanged ones are."""
    random = Random(seed)  # noqa: S311  # repeatable, no secret
    alphabet = vocabulary(graph, source)
    found = []
    while len(found) < count:
        lines = simulated(graph, random, LINES, [source])[source]
        lines = lines if complete else halved(lines, random)
        if not lines:
            continue
        whole = asked_of(graph.system, text_of(lines, source), complete=complete)
        assert (whole.accepted, whole.explained, whole.total) == (True, len(lines), len(lines))
        changed = corrupted(lines, random, alphabet)
        answer = asked_of(graph.system, text_of(changed, source), complete=complete)
        labels = [label for _, label in changed]
        assert answer.explained == explained(graph, labels, complete=complete)
        found.append((changed, bool(answer.accepted)))
    return found


def explained(graph: Graph, labels: list[Label], *, complete: bool) -> int:
    """Return how many lines the oracle explains."""
    return oracle_of(graph, frozenset(map(key, labels)) if complete else frozenset()).explained(labels)


@lru_cache(maxsize=2)
def oracle_of(graph: Graph, always: frozenset[tuple[str, str, str]]) -> Oracle:
    """Return the oracle, which remembers what it was asked."""
    return Oracle(graph, always)


@pytest.mark.parametrize("source", [KERNEL, FTRACE])
def test_complete_logs(source: str) -> None:
    """Complete logs are accepted; with one event changed, they are explained as far as brute force explains them."""
    graph = graph_of("initrd_autoprobe_off", BINDING, off=QUIET)
    answers = rounds(graph, source, complete=True, count=10, seed=1)
    assert {True, False} == {accepted for _, accepted in answers}


@pytest.mark.parametrize("source", [UEVENTS])
def test_halved_logs(source: str) -> None:
    """Logs of which half is missing are accepted; with one event changed, as far as brute force explains them."""
    graph = graph_of("initrd_autoprobe_off", BINDING, off=QUIET)
    answers = rounds(graph, source, complete=False, count=4, seed=2)
    assert any(accepted for _, accepted in answers)


@pytest.mark.long
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("proposal", "constants"),
    [
        ("initrd_autoprobe_off", ()),
        ("cc_probe_defer", ()),
        ("ccprepare_alias", ()),
        ("future_buses_off", EXPOSING[:2]),
        ("cc_probe_defer", EXPOSING),
        ("trust_level", ()),
    ],
    ids=str,
)
def test_a_hundred_logs(proposal: str, constants: tuple[tuple[str, str], ...], source: str, complete: bool) -> None:
    """Of each proposal a hundred logs are accepted, and of a hundred changes those are rejected that brute force rejects."""
    rounds(graph_of(proposal, constants), source, complete=complete, count=100, seed=3)


STILL = (*QUIET, "host.hot_reset", "host.function_level_reset", "device.fault", "userspace.lock", "userspace.bind")
"""Switched off so that two devices have few enough states for brute force."""


@pytest.mark.parametrize("complete", [True, False])
def test_two_devices(*, complete: bool) -> None:
    """Logs that name two devices are decided, and as far as brute force over all states of both explains them."""
    graph = graph_of("initrd_autoprobe_off", BINDING, STILL, 2)
    rounds(graph, KERNEL, complete=complete, count=3, seed=5)


@pytest.mark.long
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("proposal", "constants"),
    [("initrd_autoprobe_off", BINDING), ("cc_probe_defer", ()), ("ccprepare_alias", ())],
    ids=str,
)
def test_a_hundred_logs_of_two_devices(
    proposal: str, constants: tuple[tuple[str, str], ...], source: str, complete: bool
) -> None:
    """Of two devices, too, a hundred logs are accepted, and changed ones as far as brute force explains them."""
    rounds(graph_of(proposal, constants, STILL, 2), source, complete=complete, count=100, seed=6)


def test_two_logs_together() -> None:
    """A kernel log and uevents of one behaviour are accepted together; changed ones as brute force says of every order."""
    graph = graph_of("initrd_autoprobe_off", BINDING, off=QUIET)
    random = Random(4)  # noqa: S311  # repeatable, no secret
    answers = set()
    for _ in range(5):
        logs = simulated(graph, random, 12, [KERNEL, UEVENTS])
        kernel, uevents = logs[KERNEL], logs[UEVENTS]
        assert asked_of(graph.system, text_of(kernel, KERNEL), text_of(uevents, UEVENTS), complete=True).accepted
        if not uevents:
            continue
        changed = corrupted(uevents, random, vocabulary(graph, UEVENTS))
        answer = asked_of(graph.system, text_of(kernel, KERNEL), text_of(changed, UEVENTS), complete=True)
        assert answer.accepted == together(graph, [kernel, changed])
        answers.add(answer.accepted)
    assert {True, False} == answers


def together(graph: Graph, logs: list[list[Timed]]) -> bool:
    """Whether the oracle explains complete logs together; times more than a tenth of a second apart say the order."""

    def before(one: int, first: int, other: int, second: int) -> bool:
        return logs[one][first][0] + 100_000 < logs[other][second][0]

    labels = [[label for _, label in log] for log in logs]
    always = frozenset(key(label) for log in labels for label in log)
    return Oracle(graph, always).merged(labels, before)


def test_formats_are_all_simulated() -> None:
    """Each format can be written by the proposals that the laws are about: none is left out for want of a label."""
    graph = graph_of("initrd_autoprobe_off", BINDING, off=QUIET)
    assert all(vocabulary(graph, source) for source in (KERNEL, UEVENTS, FTRACE))
