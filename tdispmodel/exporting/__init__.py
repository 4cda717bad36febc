"""Counterexamples and models for other tools, and counterexamples back.  Layer 5, a sibling of the reports.

`FORMATS` names what a result with a trace is written as, `MODELS` what a system can be written as, `VIEWS` what some
variables can be drawn as.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tdispmodel.exporting.projection import Projection

Exporter = Callable[..., str | bytes]
"""Given a system, questions about it and the options that `TAKES` names; gives a model of another tool.

Raises `foreign.Inexpressible`, and `graphs.states.Unfinished` where it goes through all states.
"""

FORMATS: dict[str, tuple[str, str]] = {
    "itf": (
        "tdispmodel.exporting.itf:write",
        "one counterexample as Informal Trace Format, for replay and other tools",
    ),
}

MODELS: dict[str, tuple[str, str]] = {
    "promela": ("tdispmodel.exporting.promela:promela", "for SPIN, with the same states and transitions"),
    "murphi": ("tdispmodel.exporting.murphi:murphi", "for Rumur and CMurphi, with the same states and transitions"),
    "aiger": (
        "tdispmodel.exporting.aiger:aiger",
        "for ABC and other checkers of hardware, a circuit in binary AIGER 1.9",
    ),
    "smtlib": ("tdispmodel.exporting.smtlib:smtlib", "for SMT solvers, unrolled: violated after n steps?"),
    "smv": ("tdispmodel.exporting.smv:smv", "for NuSMV and nuXmv, with the same states"),
    "tla": ("tdispmodel.exporting.tla:tla", "for TLC, with the same states and transitions"),
    "dot": ("tdispmodel.exporting.graphs.drawing:dot", "for Graphviz, the graph of all states, or a view"),
    "graphml": (
        "tdispmodel.exporting.graphs.drawing:graphml",
        "for networkx and others, the graph of all states, or of what is seen of them",
    ),
    "rv": (
        "tdispmodel.exporting.graphs.monitor:rv",
        "for the kernel's rvgen, what one variable does as a deterministic automaton",
    ),
}

TAKES: dict[str, frozenset[str]] = {
    "smtlib": frozenset({"depth"}),
    "tla": frozenset({"name"}),
    "dot": frozenset({"stop"}),
    "graphml": frozenset({"view", "stop"}),
    "rv": frozenset({"view", "changes", "stop"}),
}
"""The options of an exporter: how many steps are unrolled, what a module is called, which variables are seen, whether
what changes none of them is left out, when to stop.
"""

WITHOUT_PROPERTIES = frozenset({"dot", "graphml", "rv"})
"""Properties are no part of these."""

VIEWS: dict[str, tuple[str, str]] = {
    "dot": ("tdispmodel.exporting.projection:dot", "what a few variables go through, as a graph for Graphviz"),
    "svg": ("tdispmodel.exporting.circle:svg", "the same as a picture, its states on a circle"),
}
"""What the state graph of a few variables can be drawn as; see `projection`."""

ABOUT_PROPERTIES = frozenset({"aiger", "smtlib", "smv"})
"""Without a property a model is of no use in these languages; where none is picked, all that can be said are."""


def view(name: str) -> Callable[[Projection], str]:
    """Return what draws a projection as ``name``; KeyError if there is nothing of this name."""
    module, _, function = VIEWS[name][0].partition(":")
    found: Callable[[Projection], str] = getattr(import_module(module), function)
    return found


def exporter(name: str) -> Exporter:
    """Return the exporter of models called ``name``; KeyError if there is none."""
    module, _, function = MODELS[name][0].partition(":")
    found: Exporter = getattr(import_module(module), function)
    return found
