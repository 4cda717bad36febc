"""One engine by itself: a model is read and grounded, the engine answers, nothing is judged.

``python -m benchmarks.alone ENGINE MODEL -n N [-k EXPR] [--seconds S] [--memory B]`` prints the verdicts in the words
of ``tdispmodel check --format json``, and what of the time was the engine's.  ENGINE is a name of the registry, or
``module:Class`` of one that is not there yet.  Without ``-k`` the question is ``True``: all states, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib import import_module
from pathlib import Path

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.checking.selection import selection
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.engines.registry import engine
from tdispmodel.ir.expressions import TRUE
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tdispmodel.verdict import Verdict


class EveryState(Explicit):
    """The engine `explicit` without symmetry, to compare it with those who visit every state."""

    def __init__(self) -> None:
        super().__init__(symmetry=False)


class Uncompiled(Explicit):
    """The engine `explicit` without compiled kernels, to see what these are worth."""

    def __init__(self) -> None:
        super().__init__(kernels=False)


class Processor(Limits):
    """Limits of which the seconds are those of the processor: how busy the machine is does not matter."""

    def spent(self) -> float:
        return time.process_time()


def main() -> None:
    """Answer, and print one document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alone")
    parser.add_argument("engine")
    parser.add_argument("model")
    parser.add_argument("-n", type=int, default=1)
    parser.add_argument("-k", default="")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--memory", type=int)
    arguments = parser.parse_args()
    began = time.process_time()
    system, questions = asked(arguments.model, arguments.n, arguments.k)
    read = time.process_time()
    lines = [""]
    limits = Processor(arguments.seconds, arguments.memory)
    found = made(arguments.engine).answer(system, questions, limits, lines.append)
    results = [told(verdict, lines[-1]) for verdict in found]
    spent = {"read": round(read - began, 3), "engine": round(time.process_time() - read, 3)}
    json.dump({"results": results, "processor": spent}, sys.stdout)


def asked(model: str, devices: int, select: str) -> tuple[System, list[SystemProperty]]:
    """Return the system and the questions that ``select`` picks, or the one that is always true."""
    catalogue = find_catalogue(Path(__file__))
    loaded = load(catalogue, catalogue.proposals.get(model, Path(model)))
    scope = Scope(devices)
    system = ground(loaded.model, scope)
    if not select:
        return system, [SystemProperty("always", "", Kind.INVARIANT, TRUE)]
    wanted = selection(select)
    picked = [known for known in loaded.properties if wanted(known.name, known.code)]
    return system, [one for known in picked for one in ground_properties(loaded.model, known, scope)]


def made(name: str) -> Engine:
    """Return an engine of the registry, or one by its module and class."""
    module, colon, attribute = name.partition(":")
    if not colon:
        return engine(name)
    found: Engine = getattr(import_module(module), attribute)()
    return found


def told(verdict: Verdict, stand: str) -> dict[str, object]:
    """Return a verdict as a result is written, as far as it matters here; an open one with where the engine stood."""
    space, trace = verdict.space, verdict.trace
    counts = (None, None, None) if space is None else (space.states, space.transitions, space.depth)
    return {
        "property": verdict.property.name,
        "verdict": verdict.answer.value,
        "reason": "; ".join(part for part in (verdict.reason, stand) if part) if verdict.reason else "",
        "trace": None if trace is None else [name for name, _ in trace.steps],
        "orbits": None if verdict.symmetry is None else verdict.symmetry.orbits,
        **dict(zip(("states", "transitions", "depth"), counts, strict=True)),
    }


if __name__ == "__main__":
    main()
