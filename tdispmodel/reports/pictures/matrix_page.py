"""The matrix as an HTML page: one file without script or network, in which each cell leads to its counterexample.

Given a report; gives a document.  Everything that comes from a model file is escaped, and the document's policy allows
its own style, by its hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator

from tdispmodel.reports.matrix import MEANINGS, NOT_ASKED, Grid, grid_of
from tdispmodel.reports.options import Options, asked_of, assumptions, sentence, title, under, word
from tdispmodel.reports.plain import ascii_only, cut
from tdispmodel.reports.text import complaints
from tdispmodel.reports.trace import render as trace_text
from tdispmodel.verdict import Answer, Report, Result

STYLE = """\
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif;
  --ink: light-dark(#1b2130, #e6e9ef); --soft: light-dark(#5a6478, #a3adbd); --back: light-dark(#ffffff, #14171c);
  --line: light-dark(#d9dde4, #343b46); --bad: light-dark(#b3261e, #ff9c92); --bad-tint: light-dark(#fdecea, #45211f);
  --good: light-dark(#19713c, #7ad79b); --owed: light-dark(#8a5a00, #f0c05a); }
body { margin: 0; padding: 16px; color: var(--ink); background: var(--back); }
h1 { font-size: 18px; margin: 0 0 4px; }
h2 { font-size: 15px; margin: 28px 0 8px; }
p { margin: 2px 0; color: var(--soft); max-width: 70ch; }
.scroll { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 8px; margin: 12px 0; }
table { border-collapse: separate; border-spacing: 0; }
th, td { border-bottom: 1px solid var(--line); padding: 4px 8px; text-align: center; white-space: nowrap; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--back); vertical-align: bottom; }
thead th span { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; font-weight: 600; }
tbody th { position: sticky; left: 0; background: var(--back); text-align: left; font-weight: 500; }
thead th:first-child { left: 0; z-index: 2; text-align: left; }
td a { color: inherit; font-weight: 700; text-decoration: none; }
td a:hover { text-decoration: underline; }
.FAIL { background: var(--bad-tint); color: var(--bad); }
.ok { color: var(--good); }
.vac, .open { color: var(--owed); }
.none { color: var(--soft); }
details { border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; margin: 6px 0; }
details:has(:target) { border-color: var(--bad); }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary span { font-weight: 700; padding: 0 5px; border-radius: 4px; }
pre { overflow: auto; font: 12px/1.4 ui-monospace, monospace; }
@media (max-width: 700px) { tbody th { max-width: 44vw; overflow: hidden; text-overflow: ellipsis; } }
"""

Cell = tuple[str, str]
"""A property, by code and name, and a proposal."""


def render(report: Report, options: Options | None = None) -> str:
    """Return the page."""
    options = options or Options()
    if report.complaints:
        return _document([f"<pre>{html.escape(complaints(report.complaints))}</pre>"])
    grid = grid_of(report)
    if not grid.properties:
        return _document(["<p>nothing was checked</p>"])
    shown = _shown(report, grid)
    body = [f"<p>{escape(line)}</p>" for line in _about(report, options)]
    body += ['<div class="scroll"><table>', *_table(grid, shown), "</table></div>"]
    used = {cell.split(" ")[0] for cell in grid.cells.values()}
    body += [f"<p>{escape(name)}: {escape(text)}</p>" for name, text in MEANINGS.items() if name.split(" ")[0] in used]
    body += ["<h2>Violated, and open</h2>", *_details(shown, options)]
    return _document(body)


def escape(text: str) -> str:
    """Return text as one line that means itself in HTML, whatever is in it."""
    return html.escape(ascii_only(text))


def _shown(report: Report, grid: Grid) -> dict[Cell, Result]:
    """Return for each cell that is violated or open the result that the grid shows."""
    found: dict[Cell, Result] = {}
    for result in report.results:
        cell = (title(result.verdict.property), result.proposal)
        if result.verdict.answer is not Answer.HOLDS and cut(word(result.verdict), 14) == grid.cells[cell]:
            found.setdefault(cell, result)
    return found


def _about(report: Report, options: Options) -> Iterator[str]:
    yield f"Asked of {' and '.join(sorted({asked_of(each) for each in report.results}))}." if report.results else ""
    assumed = {assumptions(each, options) for each in report.results} - {""}
    if len(assumed) == 1:
        yield under(assumed.pop())


def _table(grid: Grid, shown: dict[Cell, Result]) -> Iterator[str]:
    heads = "".join(f'<th scope="col"><span>{escape(proposal)}</span></th>' for proposal in grid.proposals)
    yield f'<thead><tr><th scope="col">property</th>{heads}</tr></thead><tbody>'
    numbers = {cell: number for number, cell in enumerate(shown)}
    for wanted in grid.properties:
        cells = "".join(_cell(grid, numbers, (wanted, proposal)) for proposal in grid.proposals)
        yield f'<tr><th scope="row">{escape(wanted)}</th>{cells}</tr>'
    yield "</tbody>"


def _cell(grid: Grid, numbers: dict[Cell, int], cell: Cell) -> str:
    text = grid.cell(*cell)
    words = escape(text)
    if cell in numbers:
        words = f'<a href="#r{numbers[cell]}">{words}</a>'
    return f'<td class="{_kind(text)}" title="{escape(" in ".join(cell))}">{words}</td>'


def _kind(cell: str) -> str:
    kind = cell.split(" ", maxsplit=1)[0]
    return kind if kind in ("FAIL", "ok", "vac", "open") else NOT_ASKED


def _details(shown: dict[Cell, Result], options: Options) -> Iterator[str]:
    for number, ((wanted, proposal), result) in enumerate(shown.items()):
        summary = f'<span class="{_kind(word(result.verdict))}">{escape(word(result.verdict))}</span>'
        yield f"<details><summary>{summary} {escape(wanted)} in {escape(proposal)}</summary>"
        said = sentence(result.verdict.property)
        yield f"<p>{escape(said)}</p>" if said else ""
        yield f'<pre id="r{number}">{html.escape(trace_text(result, options))}</pre></details>'


def _document(body: list[str]) -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>tdispmodel matrix</title><style>{STYLE}</style></head><body>",
        "<h1>tdispmodel matrix</h1>",
        *filter(None, body),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"
