"""The state graph of a few variables: which combinations of values there are, and what leads from one to another."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.exporting import VIEWS, projection, view
from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.exporting.projection import Projection, projected, viewed
from tdispmodel.ir.system import System
from tdispmodel.semantics import Semantics, ground, start_states
from tdispmodel.semantics.grounding import Scope

BENCH = Path(__file__).resolve().parents[2] / "benchmarks" / "bench_tdi.py"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def bench() -> System:
    """bench-tdi with one device."""
    return ground(load(find_catalogue(), BENCH).model, Scope(1))


def test_the_states_of_a_tdi(bench: System) -> None:
    """By hand, from the guards of bench-tdi: lock, start, error from CONFIG_LOCKED and RUN, and from everywhere but
    CONFIG_UNLOCKED a reset, or an unlock, which needs a device without driver.
    """
    seen = projected(bench, ["devices[0].tdi"])
    assert seen.starts == (("CONFIG_UNLOCKED",),)
    assert {values for (values,) in seen.nodes} == {"CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR"}
    assert {(before, after): names for ((before,), (after,)), names in seen.moves.items()} == {
        ("CONFIG_UNLOCKED", "CONFIG_LOCKED"): ("lock",),
        ("CONFIG_LOCKED", "RUN"): ("start",),
        ("CONFIG_LOCKED", "ERROR"): ("error",),
        ("RUN", "ERROR"): ("error",),
        ("CONFIG_LOCKED", "CONFIG_UNLOCKED"): ("reset", "unlock"),
        ("RUN", "CONFIG_UNLOCKED"): ("reset", "unlock"),
        ("ERROR", "CONFIG_UNLOCKED"): ("reset", "unlock"),
    }


def test_it_is_the_image_of_the_whole_graph(bench: System) -> None:
    """Of several variables, nodes and moves are the images of all states and steps of the reference semantics."""
    names = viewed(bench, "phase, devices[0].driver,devices[0].tdi")
    assert names == ("phase", "devices[0].driver", "devices[0].tdi")
    semantics = Semantics(bench)
    seen = set(start_states(semantics))
    waiting = list(seen)
    places = [bench.index[name] for name in names]
    moves: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = {}
    while waiting:
        state = waiting.pop()
        for action, after in semantics.successors(state):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
            old, new = (tuple(str(known[place]) for place in places) for known in (state, after))
            if old != new:
                moves.setdefault((old, new), set()).add(action.template.name)
    found = projected(bench, names)
    assert set(found.nodes) == {tuple(str(state[place]) for place in places) for state in seen}
    assert len(found.nodes) == len(set(found.nodes))
    assert found.moves == {move: tuple(sorted(known)) for move, known in moves.items()}


def test_an_instance_stands_for_its_variables(bench: System) -> None:
    """The name of an instance means all of its variables, once each; what names nothing is said."""
    names = viewed(bench, "devices[0],devices[0].tdi")
    assert names == tuple(name for name in bench.index if name.startswith("devices[0]."))
    with pytest.raises(KeyError, match="devices\\[1\\]"):
        viewed(bench, "devices[1]")
    with pytest.raises(KeyError):
        viewed(bench, " , ")


def test_dot(bench: System) -> None:
    """In Graphviz's language each combination is a node, each move an edge with its actions; Graphviz reads it."""
    text = view("dot")(projected(bench, ["devices[0].tdi"]))
    labels = dict(re.findall(r'^    (n\d+) \[label="(.*)"\];$', text, re.MULTILINE))
    edges = re.findall(r'^    (n\d+) -> (n\d+) \[label="(.*)"\];$', text, re.MULTILINE)
    assert sorted(labels.values()) == ["CONFIG_LOCKED", "CONFIG_UNLOCKED", "ERROR", "RUN"]
    assert ("ERROR", "CONFIG_UNLOCKED", "reset\\nunlock") in [
        (labels[old], labels[new], names) for old, new, names in edges
    ]
    assert len(edges) == 7
    if shutil.which("dot") is not None:
        drawn = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True)
        assert drawn.stdout.count(b'class="edge"') == 8  # and one to the start
        assert drawn.stderr == b""


def test_svg(bench: System) -> None:
    """In the picture each combination is a box with its values, each move a curve that names its actions."""
    root = ET.fromstring(view("svg")(projected(bench, ["devices[0].tdi", "phase"])))  # noqa: S314  # our own text
    seen = projected(bench, ["devices[0].tdi", "phase"])
    boxes = [box for box in root.iter(f"{SVG}rect") if box.get("rx")]
    assert len(boxes) == len(seen.nodes)
    told = [str(group.findtext(f"{SVG}title")) for group in root.iter(f"{SVG}g")]
    assert sorted(told) == sorted(", ".join(names) for names in seen.moves.values())


def test_whatever_a_file_says_is_text() -> None:
    """Quotes, backslashes, line ends, markup and foreign letters in names are shown, and mean nothing."""
    bad = ('a"; b [label="x', "</text><script>\\n\u00e9", "c\\")
    seen = Projection(bad[0], (bad[1],), tuple((name,) for name in bad), ((bad[0],),), {((bad[0],), (bad[1],)): bad})
    root = ET.fromstring(view("svg")(seen))  # noqa: S314  # our own text
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{n}" for n in ("svg", "title", "rect", "g", "path", "text")
    }
    text = view("dot")(seen)
    assert text.isascii()
    strings = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    assert "script" not in strings
    assert strings.count("label=") == 1 + 3 + 1


def test_what_is_too_much_is_refused(bench: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A circle has room for 24 combinations; there are limits for combinations and for states, and they are told."""
    everything = projected(bench, viewed(bench, "devices[0]"))
    with pytest.raises(Inexpressible, match="a circle has room for 24; try dot"):
        view("svg")(everything)
    assert view("dot")(everything).count(" -> ") == len(everything.moves) + 1
    monkeypatch.setattr(projection, "MOST_NODES", len(everything.nodes) - 1)
    with pytest.raises(Inexpressible, match="combinations of values"):
        projected(bench, viewed(bench, "devices[0]"))
    monkeypatch.setattr(projection, "MOST_STATES", 142)
    with pytest.raises(Inexpressible, match="more than 142 states"):
        projected(bench, ["phase"])


def test_views_have_a_name_on_the_command_line() -> None:
    """What can be drawn is what the command line offers."""
    from tdispmodel.cli.arguments import VIEWS as OFFERED  # noqa: PLC0415  # only here

    assert tuple(VIEWS) == OFFERED
