"""A headless Chromium, with which pages are opened as a reader opens them: from a file, without a network.

Where there is none, tests are skipped with the reason; where ``TDISPMODEL_REQUIRE`` names ``browser``, they fail.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where a browser is demanded."""
    if "browser" in os.environ.get("TDISPMODEL_REQUIRE", "").split(","):
        pytest.fail(f"TDISPMODEL_REQUIRE names browser: {reason}")
    pytest.skip(reason)


def program() -> str:
    """The path of the browser; ``TDISPMODEL_CHROMIUM`` names another one."""
    named = os.environ.get("TDISPMODEL_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        missing(f"there is no {named or 'chromium'}")
    if importlib.util.find_spec("playwright") is None:
        missing("playwright is not installed")
    return found


@contextmanager
def launched() -> Iterator[Any]:
    """A browser."""
    path = program()
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # only where there is one

    try:
        playwright = sync_playwright().start()
    except Exception as problem:  # noqa: BLE001  # its driver is a program of its own, which may lack a library
        missing(f"playwright does not start: {problem}")
    try:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
    except Error as problem:
        playwright.stop()
        missing(f"{path} does not start: {problem}")
    try:
        yield browser
    finally:
        browser.close()
        playwright.stop()
