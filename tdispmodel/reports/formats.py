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
    "rst": ("tdispmodel.reports.matrix:render", "the matrix as reStructuredText tables, 72 columns"),
}


def renderer(name: str) -> Renderer:
    """Return the renderer called ``name``; KeyError if there is none."""
    module, _, function = FORMATS[name][0].partition(":")
    found: Renderer = getattr(import_module(module), function)
    return found
