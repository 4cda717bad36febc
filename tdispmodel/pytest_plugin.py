"""The gate as tests of pytest: with ``pytest --tdispmodel`` each property of each proposal of a gate is a test.

Loaded in every run of pytest where the package is installed, so it imports nothing before it is asked for.  A file
``expectations.toml`` that pytest meets is collected; ``waivers.toml`` beside it counts.  What is expected or waived is
xfail, what is not applicable skipped, what is open fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tdispmodel.checking.pipeline import Request
    from tdispmodel.gating.vocabulary import Entries, Expectation, Gated, Problem, Row, Waiver

NAME = "expectations.toml"
WAIVERS = "waivers.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    words = f"check the designs of each {NAME} against what it expects"
    parser.getgroup("tdispmodel").addoption("--tdispmodel", action="store_true", help=words)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GateFile | None:
    """Collect a file of expectations, if that is wanted."""
    if file_path.name != NAME or not parent.config.getoption("--tdispmodel"):
        return None
    collected: GateFile = GateFile.from_parent(parent, path=file_path)
    return collected


class GateFile(pytest.File):
    """A file of expectations: its proposals are read when it is collected, and asked when their first test runs."""

    request: Request
    entries: Entries
    known: dict[str, Gated]

    def collect(self) -> Iterable[pytest.Item]:
        """Return a test for each property of each proposal, and one for the entries themselves."""
        from tdispmodel.source import Rejected  # noqa: PLC0415  # the plugin must load quickly

        self.known = {}
        try:
            return list(self.tests())
        except Rejected as rejected:
            raise self.CollectError(str(rejected)) from None

    def tests(self) -> Iterator[pytest.Item]:
        """Yield the tests.  Raises `Rejected`."""
        from tdispmodel.checking.catalogue import find_catalogue  # noqa: PLC0415  # as above
        from tdispmodel.checking.loading import load  # noqa: PLC0415  # as above
        from tdispmodel.checking.pipeline import Request  # noqa: PLC0415  # as above
        from tdispmodel.gating.reading import read_expectations, read_waivers  # noqa: PLC0415  # as above
        from tdispmodel.gating.running import under_assumptions  # noqa: PLC0415  # as above
        from tdispmodel.gating.vocabulary import Entries  # noqa: PLC0415  # as above

        file = read_expectations(self.path)
        beside = self.path.with_name(WAIVERS)
        self.entries = Entries(file.expectations, read_waivers(beside) if beside.exists() else ())
        plain = Request(find_catalogue(self.path.parent), jobs=1)
        self.request = under_assumptions(plain, file.assumed, self.path.parent)
        for path in self.request.paths():
            loaded = load(self.request.catalogue, path)
            asked = [(one.code, one.name) for one in loaded.properties]
            asked += [(one.code, one.property) for one in loaded.skipped]
            for code, name in asked:
                words = f"{code} {name}".strip()
                yield GateItem.from_parent(self, name=f"{path.stem}[{words}]", path_of=path, wanted=name)
        yield EntriesItem.from_parent(self, name="entries")

    def gated(self, path: Path) -> Gated:
        """Return what the gate says of one proposal, which is asked once.  Raises `Rejected` if it cannot be asked."""
        import datetime as dt  # noqa: PLC0415  # the plugin must load quickly
        from dataclasses import replace  # noqa: PLC0415  # as above

        from tdispmodel.checking.pipeline import run  # noqa: PLC0415  # as above
        from tdispmodel.gating.running import gated  # noqa: PLC0415  # as above
        from tdispmodel.gating.vocabulary import Asked  # noqa: PLC0415  # as above
        from tdispmodel.source import Rejected  # noqa: PLC0415  # as above

        if path.stem not in self.known:
            finished = run(replace(self.request, proposals=(str(path),)))
            if finished.interrupted:
                raise KeyboardInterrupt
            if finished.report.complaints:
                raise Rejected(finished.report.complaints)
            today = dt.datetime.now(dt.UTC).date()
            asked = Asked(frozenset({path.stem}))
            self.known[path.stem] = gated(finished.report, self.entries, today, asked)
        return self.known[path.stem]


class Failed(Exception):
    """A test fails, and this is all there is to say."""


class _Item(pytest.Item):
    """A test whose failure is told in words, without a traceback."""

    parent: GateFile

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401  # pytest has no public names for these
        """Return what to show of a failure."""
        from tdispmodel.source import Rejected  # noqa: PLC0415  # the plugin must load quickly

        if isinstance(excinfo.value, Failed | Rejected):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test comes from."""
        return self.path, None, self.name


class GateItem(_Item):
    """One property of one proposal."""

    def __init__(self, *, path_of: Path, wanted: str, **given: Any) -> None:  # noqa: ANN401  # whatever pytest gives
        super().__init__(**given)
        self.path_of = path_of
        self.wanted = wanted

    def runtest(self) -> None:
        """Ask, and fail if the verdict is not as expected."""
        from tdispmodel.gating.channels.wording import verdict_line  # noqa: PLC0415  # as above
        from tdispmodel.gating.vocabulary import Status  # noqa: PLC0415  # as above

        gated = self.parent.gated(self.path_of)
        (row,) = [row for row in gated.rows if row.cell.property == self.wanted]
        if row.status in {Status.XFAIL, Status.WAIVED}:
            pytest.xfail(verdict_line(row))
        if row.status is Status.SKIPPED:
            pytest.skip(verdict_line(row))
        if not gated.passes(row):
            raise Failed(told(row))


class EntriesItem(_Item):
    """Whether each expectation and each waiver matches something."""

    def runtest(self) -> None:
        """Ask of all proposals, and fail if an entry matches nothing."""
        paths = self.parent.request.paths()
        stems = {path.stem for path in paths}
        found: list[Problem] = [one for path in paths for one in self.parent.gated(path).problems]
        lines = [f"{one.place}: {one.trouble.value}: {one.message}" for one in found]
        known: list[Expectation | Waiver] = [*self.parent.entries.expectations, *self.parent.entries.waivers]
        lines += [
            f"{entry.place}: no proposal {entry.proposal} was asked of anything"
            for entry in known
            if entry.proposal not in stems
        ]
        if lines:
            raise Failed("\n".join(lines))


def told(row: Row) -> str:
    """Return what to say of a row that fails: its verdict, its sentence, its counterexample, how to see it again."""
    from tdispmodel.gating.channels.wording import repeat, says, steps, verdict_line  # noqa: PLC0415  # as above
    from tdispmodel.reports.options import Options  # noqa: PLC0415  # as above

    lines = [verdict_line(row), says(row), *steps(row), f"again: {' '.join(repeat(row, Options()))}"]
    return "\n".join(line for line in lines if line)
