"""What docutils, the reader that the kernel's documentation uses, finds in a text."""

from __future__ import annotations

import io
from typing import Any

import pytest

docutils_core = pytest.importorskip("docutils.core")
nodes = pytest.importorskip("docutils.nodes")


def tree(text: str) -> Any:
    """Parse reStructuredText; any fault that docutils reports, however small, fails the test."""
    faults = io.StringIO()
    settings = {"report_level": 1, "halt_level": 5, "warning_stream": faults, "_disable_config": True}
    found = docutils_core.publish_doctree(text, settings_overrides=settings)
    assert faults.getvalue() == ""
    return found


def tables(text: str) -> list[list[list[str]]]:
    """The rows of each table, heads first, as the texts of their cells."""
    return [
        [[entry.astext() for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
        for table in tree(text).findall(nodes.table)
    ]


def paragraphs(text: str) -> list[str]:
    """The texts of the paragraphs."""
    return [paragraph.astext() for paragraph in tree(text).findall(nodes.paragraph)]
