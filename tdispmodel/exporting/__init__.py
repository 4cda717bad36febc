"""Counterexamples and models for other tools, and counterexamples back.  Layer 5, a sibling of the reports.

`FORMATS` names what a result with a trace can be written as, `MODELS` what a system can be written as.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from tdispmodel.exporting.projection import Projection
from tdispmodel.ir.system import System, SystemProperty

Exporter = Callable[[System, Sequence[SystemProperty]], str | bytes]
"""Given a system and questions about it; gives a model of another tool.  Raises `foreign.Inexpressible`."""

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
}

VIEWS: dict[str, tuple[str, str]] = {
    "dot": ("tdispmodel.exporting.projection:dot", "what a few variables go through, as a graph for Graphviz"),
    "svg": ("tdispmodel.exporting.circle:svg", "the same as a picture, its states on a circle"),
}
"""What the state graph of a few variables can be drawn as; see `projection`."""

ABOUT_PROPERTIES = frozenset({"aiger"})
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
