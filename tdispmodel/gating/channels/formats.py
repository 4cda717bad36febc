"""The channels of a gate, by name.  A renderer is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tdispmodel.gating.vocabulary import Gated
from tdispmodel.reports.options import Options

Renderer = Callable[[Gated, Options], str]

CHANNELS: dict[str, str] = {
    "text": "what is not as expected, 72 columns, fit for a mail",
    "json": "the document, schema tdispmodel/gate/1",
    "sarif": "SARIF 2.1.0 for code scanning, counterexamples as code flows",
    "junit": "JUnit XML: a suite for each proposal",
    "ktap": "KTAP version 1, the kernel's test protocol; TAP consumers read it, too",
    "github": "annotations of a GitHub workflow",
    "gitlab": "a GitLab code quality report",
    "markdown": "a page for a pull request or a step summary",
    "rst": "reStructuredText tables, 72 columns",
    "b4": "the answer of a check of b4 review",
}
"""What each channel is; the module of its name has its ``render``."""


def channel(name: str) -> Renderer:
    """Return the renderer called ``name``; KeyError if there is none."""
    if name not in CHANNELS:
        raise KeyError(name)
    found: Renderer = import_module(f"tdispmodel.gating.channels.{name}").render
    return found
