"""The formats in which a whole report can be had, by name.  A renderer is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from tdispmodel.reports.options import Options
from tdispmodel.verdict import Report

Renderer = Callable[[Report, Options], str]

FORMATS: dict[str, tuple[str, str]] = {
    "text": ("tdispmodel.reports.text:render", "a verdict a line and excerpts of counterexamples, 72 columns"),
    "json": ("tdispmodel.reports.json:render", "the result document, schema tdispmodel/result/1"),
    "html": ("tdispmodel.reports.pictures.matrix_page:render", "the matrix as an HTML page without script or network"),
    "mail": (
        "tdispmodel.reports.mail:render",
        "the body of a mail to a list: what, how reached, by whom, what keeps it",
    ),
    "rst": ("tdispmodel.reports.matrix:render", "the matrix as reStructuredText tables, 72 columns"),
}

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
    "mail": "the body of a mail to a list, for each violation that is not expected",
    "b4": "the answer of a check of b4 review",
}
"""The formats of a gate; the module of its name in `gating.channels` has the ``render`` of each."""


def renderer(name: str) -> Renderer:
    """Return the renderer called ``name``; KeyError if there is none."""
    module, _, function = FORMATS[name][0].partition(":")
    found: Renderer = getattr(import_module(module), function)
    return found
