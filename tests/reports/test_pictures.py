"""Behaviours as pictures, and the matrix as a page: who talks to whom, cell by cell, and that text stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, Phase, given, settings

from tdispmodel.reports import matrix
from tdispmodel.reports.options import Options
from tdispmodel.reports.pictures import CHARTS, drawer
from tdispmodel.reports.pictures.matrix_page import STYLE, render
from tdispmodel.reports.trace import trace_of
from tdispmodel.verdict import Answer, Report, Result
from tests.reports.random_reports import REPORTS, results
from tests.reports.samples import ENDLESS, ONLY_IN_RUN, STORY, driver_system, run, violated

few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
SVG = "{http://www.w3.org/2000/svg}"


def story() -> Result:
    """Five steps: the initrd starts, the device is locked, accepted, attached, and the host provokes an error."""
    system = driver_system()
    return Result("status_quo", system, violated(ONLY_IN_RUN, run(system, *STORY)))


def test_mermaid() -> None:
    """Each step is a message from who acts to whom it is addressed, or to himself, with a note of what it changes."""
    shown = drawer("mermaid")(story()).splitlines()
    assert shown[0] == "sequenceDiagram"
    assert [line.strip() for line in shown if "participant" in line] == [
        "participant USERSPACE as userspace",
        "participant KERNEL as kernel",
        "participant DEVICE as TDI",
        "participant HOST as host",
    ]
    assert [line.strip() for line in shown if "->>" in line] == [
        "USERSPACE->>USERSPACE: start_initrd",
        "USERSPACE->>DEVICE: lock",
        "USERSPACE->>KERNEL: accept",
        "KERNEL->>KERNEL: attach_on_arrival",
        "HOST->>DEVICE: error",
    ]
    assert "    Note right of DEVICE: tdi RUN -> ERROR" in shown


def test_mermaid_draws_a_loop() -> None:
    """What repeats for ever stands in a loop: the last step goes back to behind the second, so the third repeats."""
    system = driver_system()
    trace = run(system, STORY[0], *["retry_deferred(devices[0])"] * 2, loop=2)
    shown = drawer("mermaid")(Result("status_quo", system, violated(ENDLESS, trace))).splitlines()
    lines = [line.strip() for line in shown if "->>" in line or line.strip() in ("loop for ever", "end")]
    assert lines == [
        "USERSPACE->>USERSPACE: start_initrd",
        "KERNEL->>KERNEL: retry_deferred",
        "loop for ever",
        "KERNEL->>KERNEL: retry_deferred",
        "end",
    ]


def test_svg() -> None:
    """In the picture an arrow runs from the lane of who acts to that of whom it is addressed; an action without a target is a
    mark on its actor's lane; the changes stand beside their step.
    """
    root = ET.fromstring(drawer("svg")(story()))  # noqa: S314  # our own text
    texts = {text.text: text for text in root.iter(f"{SVG}text")}
    lanes = {name: float(texts[name].get("x", "")) for name in ("userspace", "kernel", "TDI", "host")}
    assert list(lanes.values()) == sorted(lanes.values())
    arrows = [line for line in root.iter(f"{SVG}line") if line.get("y1") == line.get("y2")]
    ends = [(float(line.get("x1", "")), float(line.get("x2", ""))) for line in arrows]
    wanted = [("userspace", "TDI"), ("userspace", "kernel"), ("host", "TDI")]
    assert len(ends) == len(wanted)
    for (start, end), (source, target) in zip(ends, wanted, strict=True):
        assert start == lanes[source]
        assert abs(end - lanes[target]) <= 1
    marks = [float(mark.get("cx", "")) for mark in root.iter(f"{SVG}circle")]
    assert marks == [lanes["userspace"], lanes["kernel"]]
    error, change = texts["error"], texts["tdi RUN -> ERROR"]
    assert abs(float(error.get("y", "")) - float(change.get("y", ""))) < 15
    assert float(change.get("x", "")) > lanes["host"]


def test_nothing_to_draw() -> None:
    """Where there is no behaviour, there is no picture."""
    system = driver_system()
    result = Result("status_quo", system, violated(ONLY_IN_RUN, run(system)))
    assert [drawer(name)(result) for name in CHARTS] == ["", ""]


@few
@given(results())
def test_whatever_a_file_says_is_text_in_a_picture(result: Result) -> None:
    """Any SVG picture is well-formed XML of seven elements that run nothing, any diagram is ASCII with a message a step."""
    picture, diagram = drawer("svg")(result), drawer("mermaid")(result)
    trace = trace_of(result)
    steps = 0 if trace is None else len(trace)
    assert bool(picture) == bool(diagram) == bool(steps)
    if steps:
        root = ET.fromstring(picture)  # noqa: S314  # our own text
        known = {f"{SVG}{name}" for name in ("svg", "title", "rect", "line", "text", "circle", "path")}
        assert {element.tag for element in root.iter()} <= known
        assert all(
            not name.startswith("on") and name != "href" for element in root.iter() for name in dict(element.items())
        )
        assert picture.isascii()
        assert diagram.isascii()
        assert sum("->>" in line.partition(":")[0] for line in diagram.splitlines()) == steps


class Page(HTMLParser):
    """The elements of a page, its cells and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.cells: list[str] = []
        self.rows = 0
        self.links: set[str] = set()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element."""
        self.elements.add(tag)
        given = dict(attrs)
        self.attributes |= given.keys()
        if tag == "td":
            self.cells.append("")
            self.inside = True
        self.rows += tag == "tr"
        if given.get("href"):
            self.links.add(str(given["href"]).removeprefix("#"))
        if given.get("id"):
            self.names.add(str(given["id"]))

    def handle_endtag(self, tag: str) -> None:
        """Leave a cell."""
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        """Take note of the text of a cell."""
        if self.inside:
            self.cells[-1] += data


ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "p",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
}
ALLOWED |= {"td", "span", "a", "details", "summary", "pre"}


@few
@given(REPORTS)
def test_any_matrix_is_a_page(report: Report) -> None:
    """Any report is a page of plain elements without script, whose cells are those of the matrix, and whose links lead to
    what is violated or open.
    """
    text = render(report, Options())
    page = Page(text)
    assert text.isascii()
    assert page.elements <= ALLOWED
    assert page.attributes <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "scope",
        "class",
        "title",
        "href",
        "id",
    }
    assert "script-src" not in text
    assert "unsafe" not in text
    assert page.links == page.names
    if not report.complaints:
        grid = matrix.grid_of(report)
        expected = [grid.cell(wanted, proposal) for wanted in grid.properties for proposal in grid.proposals]
        assert page.cells == expected
        assert page.rows == (len(grid.properties) + 1 if grid.properties else 0)


def test_a_cell_leads_to_its_counterexample() -> None:
    """The page of one violated cell has one link, and there the whole trace."""
    result = story()
    text = render(Report((result,)), Options())
    page = Page(text)
    assert result.verdict.answer is Answer.VIOLATED
    assert page.cells == ["FAIL 5"]
    assert page.links == {"r0"}
    assert "attach_on_arrival" in text
    assert f"<style>{STYLE}</style>" in text
