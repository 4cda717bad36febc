"""The channels of a gate, by name.  A renderer is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tdispmodel.gating.vocabulary import Gated
from tdispmodel.reports.formats import CHANNELS
from tdispmodel.reports.options import Options

Renderer = Callable[[Gated, Options], str]


def channel(name: str) -> Renderer:
    """Return the renderer called ``name``; KeyError if there is none."""
    if name not in CHANNELS:
        raise KeyError(name)
    found: Renderer = import_module(f"tdispmodel.gating.channels.{name}").render
    return found
