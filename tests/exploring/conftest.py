"""Pages of models, as files and open in a browser that reports whatever goes wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.asking import Plan
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.exploring.contents import contents
from tdispmodel.exploring.description import Description
from tdispmodel.exploring.page import page as page_text
from tests.exploring.browser import launched

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "benchmarks" / "bench_tdi.py"

Described = Callable[..., Description]


@cache
def description_of(path: Path, room: int, devices: int, verdicts: bool, served: bool) -> Description:
    """The description of the page of a model file; made once for each worker of the tests."""
    loaded = load(find_catalogue(), path)
    plan = Plan(devices=devices, seconds=60.0)
    return Description(contents(loaded, plan, room, verdicts=verdicts), served=served)


@pytest.fixture(scope="session")
def described() -> Described:
    """The description of a page: of a model file, with room for so many states."""

    def describe(
        path: Path = BENCH, room: int = 20_000, *, devices: int = 1, verdicts: bool = True, served: bool = False
    ) -> Description:
        return description_of(path, room, devices, verdicts, served)

    return describe


@pytest.fixture(scope="session")
def proposal() -> Description:
    """The description of the page of a proposal, with one device."""
    return description_of(ROOT / "proposals" / "initrd_autoprobe_off.py", 20_000, 1, True, False)


@pytest.fixture(scope="session")
def proposal_page(proposal: Description) -> str:
    """The page of that proposal."""
    return page_text(proposal)


@pytest.fixture(scope="module")  # its event loop must be gone when tests of other files run
def browser() -> Iterator[Any]:
    """A browser, or the test is skipped, or fails where one is demanded."""
    with launched() as started:
        yield started


class Opening:
    """Opens pages.  ``wrong`` lists what a page complains of, and each request but for its own file."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.wrong: list[str] = []
        self.contexts: list[Any] = []

    def __call__(self, described: Description | str, fragment: str = "", **options: Any) -> Any:
        """Open the page of a description, or the text of one, at a fragment of its address."""
        file = self.folder / f"page{len(self.contexts)}.html"
        file.write_text(described if isinstance(described, str) else page_text(described), encoding="utf-8")
        given = {"viewport": {"width": 1280, "height": 800}, "offline": True, "reduced_motion": "reduce", **options}
        self.contexts.append(self.browser.new_context(**given))
        return self.watched(self.contexts[-1].new_page(), file.as_uri(), fragment)

    def watched(self, page: Any, address: str, fragment: str = "") -> Any:
        """Go to an address, and note whatever goes wrong there."""
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: None if asked.url.startswith(address) else self.wrong.append(asked.url))
        page.goto(address + fragment)
        page.wait_for_selector("#app:not([hidden])")
        return page


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Opening]:
    """Opens pages, of which none may complain or ask for anything."""
    opening = Opening(browser, tmp_path)
    yield opening
    for context in opening.contexts:
        context.close()
    assert opening.wrong == []
