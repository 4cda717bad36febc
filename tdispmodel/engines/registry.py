"""The engines by name, imported only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec

from tdispmodel.engines.protocol import Engine

ENGINES: dict[str, tuple[str, str]] = {
    "explicit": (
        "tdispmodel.engines.explicit:Explicit",
        "breadth-first search over compiled successors, shortest traces",
    ),
    "distributed": (
        "tdispmodel.engines.distributed.engine:Distributed",
        "the search of explicit in partitions, each in a process of a Ray cluster",
    ),
    "graph": ("tdispmodel.engines.graph:Graph", "breadth-first search on a networkx graph, for small models"),
    "diagrams": (
        "tdispmodel.engines.diagrams:Diagrams",
        "decision diagrams: sets of states, however many; for several devices",
    ),
    "walk": ("tdispmodel.engines.walk:Walk", "random behaviours by hypothesis, shrunk; finds, never proves"),
    "bmc": ("tdispmodel.engines.bmc:BoundedSearch", "z3: is there a violation within so many steps"),
    "induction": ("tdispmodel.engines.induction:Induction", "z3: k-induction with invariant strengthening"),
    "sat": ("tdispmodel.engines.bits.bounded:BoundedBits", "SAT solver: is there a violation within so many steps"),
    "ic3": ("tdispmodel.engines.bits.ic3:Ic3", "SAT solver: IC3, clauses proven step by step"),
    "pdr": ("tdispmodel.engines.pdr:Pdr", "z3's Spacer: property-directed reachability"),
    "gpu": (
        "tdispmodel.engines.gpu:Gpu",
        "breadth-first search on a CUDA card, invariants and steps; never run on a real one yet",
    ),
}

SYMBOLIC, CLUSTER, CARD = "symbolic", "cluster", "gpu"
OF_AN_EXTRA = {
    "diagrams": (SYMBOLIC, "oxidd"),
    "sat": (SYMBOLIC, "pysat"),
    "ic3": (SYMBOLIC, "pysat"),
    "distributed": (CLUSTER, "ray"),
    "gpu": (CARD, "cupy"),
}
"""The engines that need an extra, and a module of it."""


def extra(name: str) -> str:
    """Return what to install for the engine ``name``."""
    return f"tdispmodel[{OF_AN_EXTRA[name][0]}]" if name in OF_AN_EXTRA else "tdispmodel"


def missing(name: str) -> str:
    """Return the module of an extra that the engine ``name`` needs and that is not there; empty when there is none."""
    _, module = OF_AN_EXTRA.get(name, ("", ""))
    return module if module and find_spec(module) is None else ""


def engine(name: str) -> Engine:
    """Return the engine called ``name``; KeyError if there is none, ImportError if what it needs is not installed."""
    module, _, attribute = ENGINES[name][0].partition(":")
    made: Engine = getattr(import_module(module), attribute)()
    return made


def available(names: Iterable[str]) -> Iterator[Engine]:
    """Yield the engines with these names, one after the other, without those whose package is not installed."""
    for name in names:
        try:
            found = engine(name)
        except ImportError:
            continue
        yield found
