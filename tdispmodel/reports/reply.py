"""What ``reply`` prints: a mail quoted, and under each statement that is known what the model says.

Given a `Reply`; gives plain text of at most 72 columns, but for what is quoted: that stays as it is as long as it fits
in 80.  Nothing is ever sent; addresses are left to the reader's mailer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.reports.explanation import Asked
from tdispmodel.reports.options import assumptions, title, under, word
from tdispmodel.reports.plain import WIDTH, ascii_only, command, joined, packed, paragraph
from tdispmodel.verdict import Answer, Result

INDENT = "  "
WIDEST = 80
"""A quoted line that is wider is broken, as mailers do it."""

FEW = 4
"""So many proposals are named each; of more, how many there are, and some of those that are violated."""

LINK = "https://lore.kernel.org/r/"


@dataclass(frozen=True)
class Replied:
    """The answer to one statement, which belongs under a line of the mail, counted from 0."""

    number: int
    line: int
    standing: str
    answer: str = ""
    left_out: str = ""
    modelled: tuple[str, ...] = ()
    verdicts: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Reply:
    """A mail, who wrote it when as far as that is known, and the answers in the order of their lines."""

    lines: tuple[str, ...]
    answers: tuple[Replied, ...] = ()
    author: str = ""
    date: str = ""
    message: str = ""


def render(reply: Reply) -> str:
    """Return the answer as a mail's text."""
    lines = _wrote(reply)
    under_line: dict[int, list[Replied]] = {}
    for answer in reply.answers:
        under_line.setdefault(answer.line, []).append(answer)
    for number, line in enumerate(reply.lines):
        lines += quoted(line)
        if number in under_line:
            for answer in under_line[number]:
                lines += ["", *_answered(answer)]
            lines += [""] if number + 1 < len(reply.lines) else []
    return joined([*lines, "", *_closing(reply)])


def quoted(line: str) -> list[str]:
    """Return a line of the mail with one more mark before it; one that gets too wide is broken, its marks repeated."""
    whole = f"> {line}".rstrip()
    if len(whole) <= WIDEST:
        return [whole]
    text = whole.lstrip("> ")
    marks = whole[: len(whole) - len(text)]
    return textwrap.wrap(text, WIDEST, initial_indent=marks, subsequent_indent=marks, break_on_hyphens=False)


def _wrote(reply: Reply) -> list[str]:
    if not reply.author:
        return []
    when = f"On {reply.date}, " if reply.date else ""
    return paragraph(f"{when}{reply.author} wrote:")


def _answered(answer: Replied) -> list[str]:
    asked = answer.standing if answer.verdicts or not answer.modelled else f"{answer.standing}, by no property"
    lines = paragraph(f"Statement {answer.number}, {asked}. {answer.answer}")
    if answer.left_out:
        lines += paragraph(answer.left_out, INDENT + "Left out: ")
    if answer.verdicts:
        lines += _verdicts(answer.verdicts)
    elif answer.modelled:
        lines += [INDENT + line for line in packed(["Named:", *answer.modelled], WIDTH - len(INDENT), " ")]
    return [*lines, *command(["tdispmodel", "explain", str(answer.number)], INDENT + "More: ")]


def _verdicts(verdicts: Sequence[Asked]) -> list[str]:
    lines: list[str] = []
    titles = dict.fromkeys(title(each.verdict.property) for asked in verdicts for each in asked.report.results)
    for wanted in titles:
        lines += paragraph(wanted, INDENT)
        for asked in verdicts:
            results = [each for each in asked.report.results if title(each.verdict.property) == wanted]
            if results:
                assumed = next(filter(None, (assumptions(each, asked.options) for each in results)), "")
                told = "; ".join(_told(results)) + (f" ({under(assumed)})" if assumed else "")
                lines += paragraph(told, INDENT * 2)
    return lines


def _told(results: Sequence[Result]) -> Iterator[str]:
    """Yield what is known of one property: each proposal with its verdict, or how many have which."""
    if len(results) <= FEW:
        yield from (f"{word(each.verdict)} {each.proposal}" for each in sorted(results, key=_worst_first))
        return
    violated = sorted((each for each in results if each.verdict.answer is Answer.VIOLATED), key=_worst_first)
    if violated:
        named = ", ".join(f"{each.proposal} ({word(each.verdict)})" for each in violated[:FEW])
        others = len(violated) - FEW
        more = f" and {others} other{'' if others == 1 else 's'}" if others > 0 else ""
        yield f"violated in {len(violated)} of {len(results)} proposals: {named}{more}"
    undecided = [each.proposal for each in results if each.verdict.answer is Answer.OPEN]
    if undecided:
        yield f"open in {', '.join(undecided)}"
    holds = [each for each in results if each.verdict.answer is Answer.HOLDS]
    if holds:
        vacuous = sum(1 for each in holds if each.verdict.vacuous)
        yield f"holds in {len(holds)} of {len(results)}" + (f", vacuously in {vacuous}" if vacuous else "")


def _worst_first(result: Result) -> tuple[int, int, str]:
    verdict = result.verdict
    rank = (Answer.VIOLATED, Answer.OPEN, Answer.HOLDS).index(verdict.answer)
    return rank, 0 if verdict.trace is None else len(verdict.trace), result.proposal


def _closing(reply: Reply) -> list[str]:
    """Return how all this was found out, so that it can be done again."""
    asked = any(answer.verdicts for answer in reply.answers)
    how = f"Found by tdispmodel {__version__}: "
    if not reply.answers:
        how += "no statement of this mail is known to it."
    else:
        count = len(reply.answers)
        how += f"{count} statement{'' if count == 1 else 's'} of this mail {'is' if count == 1 else 'are'} known to it."
    if asked:
        how += " Verdicts are for one device and the constants' defaults where nothing else is said; FAIL 5 is a"
        how += " shortest counterexample of 5 steps."
    lines = paragraph(how)
    if reply.message:
        lines.append(f"Link: {LINK}{ascii_only(reply.message)}/")
    return lines
