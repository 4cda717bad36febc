r"""Automata read line by line, by the rules of the kernel's rvgen (tools/verification/rvgen/rvgen/automata.py).

Written anew after these rules: the first line names the graph; lines that begin with ``{node`` are states, the last word
in each its name, and one that begins with ``__init_`` names the start; one line behind them is passed over; from there
on lines that begin with a quote and have an arrow are edges, with events between ``\n`` in the label; the first other
line ends the automaton.  A state is final if its line has ``doublecircle`` or ``ellipse`` in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

OF_C = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Automaton:
    """States with the start first, events, final states, and where each event leads: what the monitor's matrix has."""

    states: tuple[str, ...]
    events: tuple[str, ...]
    final: frozenset[str]
    leads: dict[tuple[str, str], str]

    def accepts(self, events: list[str]) -> bool:
        """Whether the monitor sees no violation in a sequence of events."""
        state: str | None = self.states[0]
        for event in events:
            state = self.leads.get((state or "", event))
        return state is not None


def read(text: str) -> Automaton:
    """Read an automaton; an event that is given two targets is an error here, which rvgen would not notice."""
    lines = text.split("\n")
    assert lines[0].split()[:2] == ["digraph", "state_automaton"]
    first = next(number for number, line in enumerate(lines) if line.split()[:1] == ["{node"])
    nodes = list(takewhile(lambda line: line.split()[:1] == ["{node"], lines[first:]))
    names = {line.split()[-1].replace('"', "").replace("};", "").replace(",", "_"): line for line in nodes}
    (start,) = (name.removeprefix("__init_") for name in names if name.startswith("__init_"))
    states = sorted(name for name in names if not name.startswith("__init_"))
    states.remove(start)
    final = {name for name in (start, *states) if "doublecircle" in names[name] or "ellipse" in names[name]}
    leads: dict[tuple[str, str], str] = {}
    for line in takewhile(lambda line: line.startswith('"'), map(str.lstrip, lines[first + len(nodes) + 1 :])):
        words = line.split()
        assert words[1] == "->", "a label of a state, which we do not write"
        label = "".join(words[words.index("label") + 2 : -1]).replace('"', "")
        source, target = words[0].replace('"', ""), words[2].replace('"', "")
        for event in label.split("\\n"):
            assert ";" not in event, "a constraint of a hybrid automaton"
            assert (source, event) not in leads, "rvgen would take the last of these"
            leads[source, event] = target
    found = Automaton((start, *states), tuple(sorted({event for _, event in leads})), frozenset(final), leads)
    assert {*(state for state, _ in leads), *leads.values()} <= set(found.states)
    # all of them become members of C enums with one suffix
    assert len({*found.states, *found.events}) == len(found.states) + len(found.events)
    assert all(OF_C.fullmatch(word) for word in (*found.states, *found.events))
    return found


def legend(text: str) -> dict[str, str]:
    """For what each word stands, as the lines behind the end say."""
    lines = (line[3:].partition(" is ") for line in text[text.index("\n}\n") + 3 :].splitlines())
    return {word: meaning.strip("\"'") for word, _, meaning in lines if meaning}
