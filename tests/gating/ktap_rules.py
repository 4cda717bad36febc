"""KTAP read by the rules of its specification, Documentation/dev-tools/ktap.rst of Linux: whoever breaks one is told.

Given text; gives the tests as a tree.  Raises ValueError for what the specification does not allow, among it YAML blocks,
diagnostics behind the last result of a test, a plan that does not fit, and a parent that passes with a failing child.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

RESULT = re.compile(r"(ok|not ok) (\d+)(?: ([^#]*?))?(?: # ?(.*))?")
PLAN = re.compile(r"1\.\.(\d+)(?: # SKIP.*)?")
DIRECTIVES = ("SKIP", "TODO", "XFAIL", "TIMEOUT", "ERROR")


@dataclass
class Test:
    """A test: whether it is ok, its name, its directive, what was said before it, and its subtests."""

    ok: bool = True
    name: str = ""
    directive: str = ""
    said: list[str] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)


def read(text: str) -> Test:
    """Return what a whole output says; the outermost test has no name.  Raises ValueError."""
    if not text.endswith("\n"):
        _refuse("the last line does not end")
    lines = text[:-1].split("\n")
    if any(not line.isascii() or line != line.rstrip() or not line for line in lines):
        _refuse("a line is empty, not ASCII or ends in blanks")
    whole = Test()
    rest = list(_level(lines, "", whole))
    if rest and not all(line.startswith("# ") for line in rest):
        _refuse(f"left over: {rest[0]}")
    return whole


def _level(lines: list[str], indent: str, into: Test) -> Iterator[str]:
    """Read one level of nesting; yield the lines behind its last result."""
    position = 0

    def own() -> str:
        nonlocal position
        if position >= len(lines):
            _refuse("the output ends in the midst of a test")
        position += 1
        return lines[position - 1]

    if own() != f"{indent}KTAP version 1":
        _refuse("no version line")
    planned: int | None = None
    said: list[str] = []
    inner: Test | None = None
    while planned is None or len(into.tests) < planned:
        line = own()
        if line.startswith(f"{indent}  "):
            inner, position = _inner(lines, position - 1, f"{indent}  ")
            continue
        text = line.removeprefix(indent)
        if text.startswith("# "):
            said.append(text[2:])
        elif planned is None and (found := PLAN.fullmatch(text)):
            planned = int(found[1])
        elif found := RESULT.fullmatch(text):
            if planned is None or int(found[2]) != len(into.tests) + 1:
                _refuse(f"out of order: {text}")
            directive = (found[4] or "").split(" ")[0]
            test = Test(found[1] == "ok", (found[3] or "").strip(), directive if directive in DIRECTIVES else "", said)
            if not test.name:
                _refuse(f"no name: {text}")
            if test.directive in {"TIMEOUT", "ERROR"} and test.ok:
                _refuse(f"ok with {test.directive}")
            into.tests.append(_whole(test, inner))
            said, inner = [], None
        else:
            _refuse(f"no line of KTAP: {line}")
        if planned is not None and not into.tests and said and said[0].startswith("Subtest: "):
            into.said, said = said[:1], said[1:]
    if said and not into.tests:
        into.said = said
    yield from lines[position:]


def _inner(lines: list[str], start: int, indent: str) -> tuple[Test, int]:
    """Read the indented lines from ``start`` on; return the test that they make, and where they end."""
    end = start
    while end < len(lines) and lines[end].startswith(indent):
        end += 1
    inner = Test()
    left = list(_level(lines[start:end], indent, inner))
    if left:
        _refuse(f"behind the last result of a subtest: {left[0]}")
    return inner, end


def _whole(test: Test, inner: Test | None) -> Test:
    """Return a test with its subtests, if it has any."""
    if inner is not None:
        test.tests = inner.tests
        if test.ok and not all(child.ok for child in inner.tests):
            _refuse(f"{test.name} passes, a subtest fails")
        if inner.said != [f"Subtest: {test.name}"]:
            _refuse(f"the subtest is called {inner.said}, its result {test.name}")
    return test


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
