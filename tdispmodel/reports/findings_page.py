"""The page of findings: what a reviewer should know of the matrix, the headline rule first.

Given findings; gives Markdown that also reads as text, at most 79 columns wide, plain ASCII.  Every sentence about a
proposal is computed; only the sentences that say how to read the page are fixed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from tdispmodel.reports.findings import WITNESSES, Cell, Column, Design, Findings, Question
from tdispmodel.reports.plain import ascii_only
from tdispmodel.verdict import Answer

WIDTH = 79
HEADLINE = (
    "no_trusted_driver_binds_pre_run",
    "trusted_driver_binds_only_verified",
    "kernel_binds_only_verified",
    "kernel_binds_only_verified_after_boot",
)
"""The headline rule in its strengths: whoever binds, whoever binds and verified, the kernel, the kernel after boot."""
WORDS = ("lost", "won", "kept of nothing")
REFERENCE = "status_quo"
"""The proposal to whose verdicts the others' are compared."""


def render(found: Findings) -> str:
    """Return the page."""
    sections = [_start(found), _ranking(found)]
    sections += [_headline(found, question) for question in _headlines(found)]
    sections += [_costs(found), _flips(found), _exclusive(found), _everywhere(found)]
    return "\n".join("".join(f"{line.rstrip()}\n" for line in section) for section in sections if section)


def _start(found: Findings) -> list[str]:
    decided = sum(cell.answer is not Answer.OPEN for cell in found.cells)
    left = len(found.cells) - decided
    counted = f"{decided} verdicts" + (f", and {left} that are open" if left else "")
    about = (
        f"{_number(found.designs, 'proposal')}, {_number(found.questions, 'property', 'properties')}, "
        f"{_number(found.columns[1:], 'variant')} of the assumptions: {counted}."
    )
    return [
        "# Findings",
        "",
        "<!-- written by: tdispmodel findings -->",
        "",
        *_paragraph("What the verdicts of the matrix and of its variants say, what matters most first. " + about),
        "",
        *_paragraph(
            "A proposal keeps a property that holds of it, and loses one that is violated, with the default constants "
            "if no variant is named. It keeps a property of nothing when what the property speaks of never happens. "
            "Counterexamples are told by who takes how many steps and by the actions in their order; of two that "
            "never end the shorter need not be shown."
        ),
    ]


def _headlines(found: Findings) -> list[Question]:
    """Return the properties of the headline rule that were asked, in the order of their strength."""
    known = {question.name: question for question in found.questions}
    return [known[name] for name in HEADLINE if name in known]


def _ranking(found: Findings) -> list[str]:
    """Return the table of proposals, those first that keep most of the headline rule and lose least besides."""
    headlines = _headlines(found)
    if not headlines:
        return []
    rows = sorted((_rank(found, design, headlines), design.name) for design in found.designs)
    width = max(len("proposal"), *(len(name) for _, name in rows))
    lines = ["## Who keeps the headline rule", ""]
    for question in headlines:
        lines += _item(f"{question.code} {question.name}: {question.text}")
    lines += ["", f"| {'proposal':{width}} | {' | '.join(f'{one.code:7}' for one in headlines)} | loses |"]
    lines.append(f"|{'-' * (width + 2)}|{'---------|' * len(headlines)}-------|")
    for _, name in rows:
        asked = [question.name for question in found.questions if found.cell("", name, question.name)]
        lost = sum(found.says(Answer.VIOLATED, "", name, one) for one in asked)
        cells = [f"{_kept(found, name, question.name):7}" for question in headlines]
        lines.append(f"| {name:{width}} | {' | '.join(cells)} | {f'{lost}/{len(asked)}':5} |")
    told = (
        "A number says that the proposal keeps the rule, and in how many of the variants that were asked of it; in "
        "brackets, that it keeps it of nothing: there are no such binds. A dash says that it loses the rule already "
        "with the default constants. The last column says how many of its properties it loses."
    )
    return [*lines, "", *_paragraph(told)]


def _rank(found: Findings, design: Design, headlines: Sequence[Question]) -> tuple[int, int]:
    """Return what proposals are ranked by, the best first: rules kept, properties lost."""
    kept = sum(found.holds("", design.name, question.name) for question in headlines)
    return -kept, sum(found.says(Answer.VIOLATED, "", design.name, question.name) for question in found.questions)


def _kept(found: Findings, proposal: str, question: str) -> str:
    """Return the word of the ranking for one rule."""
    cell = found.cell("", proposal, question)
    if cell is None:
        return "n/a"
    if cell.answer is not Answer.HOLDS:
        return "-" if cell.answer is Answer.VIOLATED else "open"
    asked = [one.name for one in found.columns[1:] if found.cell(one.name, proposal, question)]
    told = f"{sum(found.holds(one, proposal, question) for one in asked)}/{len(asked)}"
    return f"({told})" if cell.vacuous else told


def _headline(found: Findings, question: Question) -> list[str]:
    """Return how a rule is lost: by whom with the defaults, and in a variant by whom that keeps it otherwise."""
    lines = [f"## How {question.code} is lost", "", *_paragraph(question.text), ""]
    lines += _item(f"kept by {_names(found.keepers(question.name))}")
    for cell, names in _alike(found.known["", name, question.name] for name in found.losers(question.name)):
        lines += _item(f"lost by {_names(names)}: {_story(cell)}")
    for column in found.columns[1:]:
        lost = [cell for cell in found.flips(column) if cell.property == question.name]
        for cell, names in _alike(one for one in lost if one.answer is Answer.VIOLATED):
            lines += _item(f"with {column.words} lost by {_names(names)}, too: {_story(cell)}")
    return lines


def _alike(cells: Iterable[Cell]) -> list[tuple[Cell, list[str]]]:
    """Return cells with the same behaviour together, each with its proposals, the shortest first."""
    together: dict[tuple[str, ...] | None, tuple[Cell, list[str]]] = {}
    for cell in cells:
        together.setdefault(cell.steps, (cell, []))[1].append(cell.proposal)
    return sorted(together.values(), key=lambda one: (len(one[0].steps or ()), one[1]))


def _story(cell: Cell) -> str:
    """Return a behaviour in words."""
    if cell.steps is None:
        return "there is no behaviour to show"
    who = ", ".join(f"{actor} {count}" for actor, count in cell.actors)
    endless = ", without an end" if cell.lasso else ""
    return f"{_number(cell.steps, 'step')}{endless} ({who}): {', '.join(cell.steps)}"


def _costs(found: Findings) -> list[str]:
    """Return what each proposal keeps and gives up, against the reference and the others; the same ones together."""
    together: dict[tuple[str, ...], list[Design]] = {}
    for design in found.designs:
        together.setdefault(tuple(_cost(found, design.name)), []).append(design)
    lines = ["## What each proposal gives up"]
    for told, designs in together.items():
        for design in designs:
            lines += ["", f"### {design.name}", "", *_paragraph(design.claim)]
        lines += ["", *(line for text in told for line in _item(text))]
    return lines


def _cost(found: Findings, proposal: str) -> Iterator[str]:
    """Yield what a proposal keeps and gives up."""
    lost = [one.name for one in found.questions if found.says(Answer.VIOLATED, "", proposal, one.name)]
    kept = [one.name for one in found.questions if found.holds("", proposal, one.name)]
    if proposal != REFERENCE and any(design.name == REFERENCE for design in found.designs):
        won = [name for name in kept if found.says(Answer.VIOLATED, "", REFERENCE, name)]
        paid = [name for name in lost if found.holds("", REFERENCE, name)]
        yield f"keeps what {REFERENCE} gives up: {_names(won)}"
        yield f"gives up what {REFERENCE} keeps: {_names(paid)}"
    others = [f"{name} ({len(found.keepers(name))})" for name in lost if found.keepers(name)]
    yield f"gives up what others keep (how many): {_names(others)}"


def _flips(found: Findings) -> list[str]:
    """Return for each variant what is lost and won, the same proposals together."""
    if not found.columns[1:]:
        return []
    lines = ["## What flips verdicts"]
    for column in found.columns[1:]:
        lines += ["", f"### {column.name}: {column.words}", "", *_paragraph(column.why), ""]
        asked = found.asked(column.name)
        others = [design.name for design in found.designs if design.name not in asked]
        if others:
            who = f"asked of all but {_names(others)}" if len(others) < len(asked) else f"asked of {_names(asked)}"
            lines += _item(who if asked else "asked of none of these proposals")
        left = [one.name for one in found.questions if not found.is_asked(column.name, one.name)]
        if left := [one for one in left if any(found.cell("", name, one) for name in asked)]:
            lines += _item(f"not asked for: {_names(left)}")
        basis = found.basis(column)
        if basis.name:
            lines += _item(f"compared with {basis.words}")
        told = list(_changes(found, column, len(asked)))
        lines += [line for text in told for line in _item(text)] or _item("nothing changes")
    return lines


def _changes(found: Findings, column: Column, asked: int) -> Iterator[str]:
    """Yield what a variant changes: who loses or wins what, those who lose or win the same together."""
    codes = {question.name: question.code for question in found.questions}
    by_property: dict[tuple[str, str], list[str]] = {}
    for cell in found.flips(column):
        word = "lost" if cell.answer is Answer.VIOLATED else "kept of nothing" if cell.vacuous else "won"
        by_property.setdefault((word, f"{codes[cell.property]} {cell.property}"), []).append(cell.proposal)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (word, title), proposals in sorted(by_property.items(), key=lambda one: (WORDS.index(one[0][0]), one[0][1])):
        together.setdefault((word, tuple(proposals)), []).append(title)
    for (word, who), titles in together.items():
        told = f"all {asked}" if len(who) == asked > 1 else _names(who)
        yield f"{word}: {_names(titles)}, by {told}"


def _exclusive(found: Findings) -> list[str]:
    """Return which properties nobody keeps together, and for which of them that is so at the idealised bound."""
    pairs = found.exclusive()
    if not pairs:
        return []
    told = (
        f"No proposal keeps both, in no variant in which it can do at all what designs are for ({_names(WITNESSES)}), "
        "although each is kept there by somebody who loses the other. That alone is no proof that no design can; "
        "where an idealised bound keeps one of the two, it is the best of its kind, and loses the other even so."
    )
    lines = ["## What nobody keeps together", "", *_paragraph(told), ""]
    bounds = [design.name for design in found.designs if design.is_idealised]
    for one, other in pairs:
        shown = [f"{name} keeps {kept} only" for name in bounds for kept in (one, other) if found.holds("", name, kept)]
        lines += _item(f"{one} and {other}" + (f": {_names(shown)}" if shown else ""))
    return lines


def _everywhere(found: Findings) -> list[str]:
    """Return what no proposal keeps, and what all keep in all variants."""
    places = found.able()
    none, always, defaults = [], [], []
    for question in found.questions:
        title = f"{question.code} {question.name}"
        if not found.keepers(question.name):
            kept = {place for place, proposal in places if question.name in found.worlds[place, proposal]}
            where = [column.name for column in found.columns if column.name in kept]
            none.append(f"{title}: " + (f"kept only in {_names(where)}" if where else "kept in no variant, either"))
        elif all(cell.answer is Answer.HOLDS for cell in found.cells if cell.property == question.name):
            always.append(title)
        elif not found.losers(question.name):
            lost = [column.name for column in found.columns[1:] if found.losers(question.name, column.name)]
            defaults.append(f"{title}: lost in {_names(lost)}")
    lines = ["## What no proposal keeps", "", *_list(none)]
    lines += ["", "## What every proposal keeps until the assumptions change", "", *_list(defaults)]
    return [*lines, "", "## What every proposal keeps in every variant", "", *_list(always)]


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


def _number(things: Sequence[object], one: str, several: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else several or one + 's'}"


def _list(items: Iterable[str]) -> list[str]:
    return [line for item in items for line in _item(item)] or _item("none")


def _item(text: str) -> list[str]:
    return _paragraph(text, "- ", "  ")


def _paragraph(text: str, first: str = "", rest: str = "") -> list[str]:
    plain = ascii_only(" ".join(text.split()))
    return textwrap.wrap(plain, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
