"""What the matrix and its variants say together: the cells, and what can be asked of them.

Cells are found by the caller.  `findings_page` makes a page of them; `document` is the same as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from tdispmodel import __version__
from tdispmodel.ir.model import Kind
from tdispmodel.reports.exits import Exit
from tdispmodel.verdict import Answer

SCHEMA = "tdispmodel/findings/1"
WITNESSES = ("trusted_driver_can_run", "secrets_can_be_deployed")
"""What a design must be able to do at all: where it cannot, other properties hold of nothing."""


@dataclass(frozen=True)
class Column:
    """A variant: its name, what it assumes, and why it matters; all empty for the matrix as it is."""

    name: str
    assumptions: tuple[str, ...]
    why: str

    @property
    def words(self) -> str:
        """What it assumes, in one line."""
        return ", ".join(self.assumptions)


@dataclass(frozen=True)
class Design:
    """A proposal, what it claims, and whether it says that it is a bound that nobody can build."""

    name: str
    claim: str
    is_idealised: bool = False


@dataclass(frozen=True)
class Question:
    """A property and its sentence."""

    code: str
    name: str
    kind: Kind
    text: str


@dataclass(frozen=True)
class Cell:
    """One verdict: the actions of its counterexample or witness (None where there is neither), and how many steps each
    actor took.
    """

    proposal: str
    property: str
    answer: Answer
    vacuous: bool = False
    steps: tuple[str, ...] | None = None
    actors: tuple[tuple[str, int], ...] = ()
    lasso: bool = False
    variant: str = ""


@dataclass(frozen=True)
class Findings:
    """All cells: columns are variants, the plain matrix first; a property that was not asked of a proposal has none."""

    columns: tuple[Column, ...]
    designs: tuple[Design, ...]
    questions: tuple[Question, ...]
    cells: tuple[Cell, ...]

    @property
    def exit(self) -> Exit:
        """A report: 0 when every verdict is decided, 3 when one is open, 4 when nothing was asked."""
        if any(cell.answer is Answer.OPEN for cell in self.cells):
            return Exit.OPEN
        return Exit.HOLDS if self.cells else Exit.NOTHING

    @cached_property
    def known(self) -> dict[tuple[str, str, str], Cell]:
        """The cells by variant, proposal and property."""
        return {(cell.variant, cell.proposal, cell.property): cell for cell in self.cells}

    def cell(self, variant: str, proposal: str, question: str) -> Cell | None:
        """Return a cell, None where the property was not asked."""
        return self.known.get((variant, proposal, question))

    def is_asked(self, variant: str, question: str) -> bool:
        """Whether a property was asked of anybody in a variant."""
        return any((variant, design.name, question) in self.known for design in self.designs)

    def says(self, answer: Answer, variant: str, proposal: str, question: str) -> bool:
        """Whether a cell is there and has this answer."""
        cell = self.cell(variant, proposal, question)
        return cell is not None and cell.answer is answer

    def holds(self, variant: str, proposal: str, question: str) -> bool:
        """Whether a proposal keeps a property in a variant."""
        return self.says(Answer.HOLDS, variant, proposal, question)

    def keepers(self, question: str, variant: str = "") -> list[str]:
        """Return who keeps a property."""
        return [one.name for one in self.designs if self.holds(variant, one.name, question)]

    def losers(self, question: str, variant: str = "") -> list[str]:
        """Return who violates a property."""
        return [one.name for one in self.designs if self.says(Answer.VIOLATED, variant, one.name, question)]

    def basis(self, column: Column) -> Column:
        """Return what a variant is compared with: the plain matrix, or the first variant of those that assume most of
        what it assumes, if any assume less.
        """
        less = [one for one in self.columns if set(one.assumptions) < set(column.assumptions)]
        return max(less, key=lambda one: len(one.assumptions), default=column)

    def asked(self, variant: str) -> list[str]:
        """Return of which proposals a variant was asked."""
        return [one.name for one in self.designs if (variant, one.name) in self.worlds]

    @cached_property
    def worlds(self) -> dict[tuple[str, str], set[str]]:
        """What is kept by each proposal in each variant that was asked of it."""
        found: dict[tuple[str, str], set[str]] = {}
        for cell in self.cells:
            kept = found.setdefault((cell.variant, cell.proposal), set())
            if cell.answer is Answer.HOLDS:
                kept.add(cell.property)
        return found

    def able(self) -> list[tuple[str, str]]:
        """Return where, that is, in which variant by which proposal, a driver comes to run and secrets to be deployed.

        A witness without a step shows nothing: the property is then about no device, one without a TDI for one.
        """
        return [
            place
            for place, kept in self.worlds.items()
            if kept.issuperset(WITNESSES) and all(self.known[*place, name].steps for name in WITNESSES)
        ]

    def flips(self, column: Column) -> Iterator[Cell]:
        """Yield the cells of a variant that are decided otherwise in what it is compared with."""
        basis = self.basis(column).name
        for design in self.designs:
            for question in self.questions:
                before = self.cell(basis, design.name, question.name)
                after = self.cell(column.name, design.name, question.name)
                if before and after and {before.answer, after.answer} == {Answer.HOLDS, Answer.VIOLATED}:
                    yield after

    def exclusive(self) -> list[tuple[str, str]]:
        """Return the pairs of properties, in the order of the codes, that nobody keeps together where a driver can run
        and secrets can be deployed, although each is kept there by somebody who is asked for the other and violates it.
        """
        places = self.able()
        names = [question.name for question in self.questions]
        kept = {name: {place for place in places if name in self.worlds[place]} for name in names}
        lost = {name: {place for place in places if self.says(Answer.VIOLATED, *place, name)} for name in names}
        return [
            (one, other)
            for one, other in combinations(names, 2)
            if not kept[one] & kept[other] and kept[one] & lost[other] and kept[other] & lost[one]
        ]


def document(found: Findings) -> str:
    """Return the JSON document as text."""
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "variants": [{"name": one.name, "assumes": list(one.assumptions), "why": one.why} for one in found.columns],
        "proposals": [{"name": one.name, "claim": one.claim} for one in found.designs],
        "properties": [
            {"code": one.code, "property": one.name, "kind": one.kind.value, "text": one.text}
            for one in found.questions
        ],
        "cells": [
            {
                "variant": cell.variant,
                "proposal": cell.proposal,
                "property": cell.property,
                "verdict": cell.answer.value,
                "vacuous": cell.vacuous,
                "steps": None if cell.steps is None else list(cell.steps),
                "actors": dict(cell.actors),
                "lasso": cell.lasso,
            }
            for cell in found.cells
        ],
        "exclusive": [list(pair) for pair in found.exclusive()],
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"
