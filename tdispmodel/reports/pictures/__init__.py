"""Pictures of what a report says: sequence charts as SVG and Mermaid, the matrix as an HTML page."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tdispmodel.verdict import Result

CHARTS: dict[str, str] = {
    "svg": "tdispmodel.reports.pictures.svg:chart",
    "mermaid": "tdispmodel.reports.pictures.mermaid:chart",
}
"""What a behaviour can be drawn as, by name."""


def drawer(name: str) -> Callable[[Result], str]:
    """Return what draws the behaviour of a result, and gives nothing where it shows none; KeyError if there is none."""
    module, _, function = CHARTS[name].partition(":")
    found: Callable[[Result], str] = getattr(import_module(module), function)
    return found
