"""The answers to a mail: for each statement that it makes what is known, and the verdicts on what models it.

Given a mail and the catalogue; all verdicts that answer under the same assumptions are asked for at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tdispmodel.analysing.replying.mails import Mail
from tdispmodel.analysing.replying.matching import passages
from tdispmodel.checking.debate import ALL, Statement, Variant
from tdispmodel.checking.explaining import Ask, asked_under
from tdispmodel.checking.topics import Known
from tdispmodel.reports.explanation import Asked
from tdispmodel.reports.reply import Replied, Reply


@dataclass
class _Wanted:
    """What is asked under one set of assumptions: of which proposals, which properties."""

    proposals: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)


def reply(mail: Mail, known: Known, ask: Ask | None = None) -> Reply:
    """Return what there is to say to a mail; without ``ask`` no verdicts are given.

    Raises `Rejected` when the catalogue cannot be read, and when the pipeline complains.
    """
    found = passages(mail.lines, known.statements)
    statements = [known.statements[passage.number] for passage in found]
    verdicts = {} if ask is None else _verdicts(known, statements, ask)
    replied = []
    for passage, statement in zip(found, statements, strict=True):
        replied.append(
            Replied(
                number=statement.number,
                line=passage.last,
                standing=statement.standing,
                answer=statement.answer,
                left_out=statement.not_modelled,
                modelled=statement.named,
                verdicts=tuple(_mine(known, statement, verdicts)),
            )
        )
    return Reply(mail.lines, tuple(replied), author=mail.author, date=mail.date, message=mail.message)


def _asked_of(known: Known, statement: Statement) -> tuple[str, ...]:
    named = statement.asked_of or statement.proposals
    return tuple(known.catalogue.proposals) if ALL in named or not named else named


def _verdicts(known: Known, statements: Iterable[Statement], ask: Ask) -> Mapping[Variant, Asked]:
    """Return the verdicts of all statements, by the assumptions under which they were asked for."""
    wanted: dict[Variant, _Wanted] = {}
    for statement in statements:
        for variant in (Variant(), *statement.variants) if statement.properties else ():
            mine = wanted.setdefault(variant, _Wanted())
            mine.proposals.update(_asked_of(known, statement))
            mine.properties.update(statement.properties)
    found: dict[Variant, Asked] = {}
    for variant, each in wanted.items():
        proposals = [name for name in known.catalogue.proposals if name in each.proposals]
        asked = asked_under(known, variant, proposals, tuple(sorted(each.properties)), ask)
        if asked is not None:
            found[variant] = asked
    return found


def _mine(known: Known, statement: Statement, verdicts: Mapping[Variant, Asked]) -> Iterator[Asked]:
    """Yield the verdicts that answer one statement."""
    proposals = _asked_of(known, statement)
    for variant in (Variant(), *statement.variants):
        asked = verdicts.get(variant)
        if asked is not None:
            results = [
                each
                for each in asked.report.results
                if each.proposal in proposals and each.verdict.property.name in statement.properties
            ]
            skipped = [
                each
                for each in asked.report.skipped
                if each.proposal in proposals and each.property in statement.properties
            ]
            if results or skipped:
                yield replace(asked, report=replace(asked.report, results=tuple(results), skipped=tuple(skipped)))
