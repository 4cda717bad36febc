"""The page of findings: exact text of a small one, and what is computed for it."""

from __future__ import annotations

import json
from dataclasses import replace

from tdispmodel.ir.model import Kind
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.findings import Cell, Column, Design, Findings, Question, document
from tdispmodel.reports.findings_page import WIDTH, render
from tdispmodel.verdict import Answer

HEADLINE, RUNS, SECRETS, FLAG, RESET = (
    "kernel_binds_only_verified",
    "trusted_driver_can_run",
    "secrets_can_be_deployed",
    "flag_is_true",
    "flag_changes_driverless",
)
QUESTIONS = (
    Question("T1", HEADLINE, Kind.STEP, "The kernel binds what is verified."),
    Question("T2", FLAG, Kind.INVARIANT, "The flag is true."),
    Question("T3", RESET, Kind.STEP, "The flag changes without a driver."),
    Question("T4", RUNS, Kind.MUST_BE_POSSIBLE, "A driver can run."),
    Question("T5", SECRETS, Kind.MUST_BE_POSSIBLE, "Secrets can be deployed."),
)
COLUMNS = (
    Column("", (), ""),
    Column("old", ("kernel=OLD",), "Kernels are old."),
    Column("old_and_lazy", ("kernel=OLD", "lazy=True"), "Kernels are old and lazy."),
)
DESIGNS = (
    Design("bound", "Everything at once.", is_idealised=True),
    Design("status_quo", "Nothing."),
    Design("twin", "Nothing, told otherwise."),
)
WITNESS = {Kind.MUST_BE_POSSIBLE: ("go",)}
TRACE = {"steps": ("load", "bind"), "actors": (("kernel", 2),)}


def cells(variant: str, proposal: str, violated: tuple[str, ...], vacuous: tuple[str, ...] = ()) -> list[Cell]:
    """All cells of a proposal in a variant."""
    return [
        Cell(proposal, one.name, Answer.VIOLATED, variant=variant, **TRACE)  # type: ignore[arg-type]
        if one.name in violated
        else Cell(proposal, one.name, Answer.HOLDS, one.name in vacuous, WITNESS.get(one.kind), variant=variant)
        for one in QUESTIONS
    ]


FOUND = Findings(
    COLUMNS,
    DESIGNS,
    QUESTIONS,
    (
        *cells("", "bound", (RESET,), (HEADLINE,)),
        *cells("", "status_quo", (HEADLINE, FLAG)),
        *cells("", "twin", (HEADLINE, FLAG)),
        *cells("old", "bound", (HEADLINE, RESET)),
        *cells("old", "status_quo", (HEADLINE, FLAG)),
        # nothing runs any more, so that the flag and its changes are kept of nothing
        *cells("old_and_lazy", "bound", (HEADLINE, RUNS), (FLAG, RESET)),
    ),
)

PAGE = """\
# Findings

<!-- written by: tdispmodel findings -->

What the verdicts of the matrix and of its variants say, what matters most
first. 3 proposals, 5 properties, 2 variants of the assumptions: 30 verdicts.

A proposal keeps a property that holds of it, and loses one that is violated,
with the default constants if no variant is named. It keeps a property of
nothing when what the property speaks of never happens. Counterexamples are
told by who takes how many steps and by the actions in their order; of two that
never end the shorter need not be shown.

## Who keeps the headline rule

- T1 kernel_binds_only_verified: The kernel binds what is verified.

| proposal   | T1      | loses |
|------------|---------|-------|
| bound      | (0/2)   | 1/5   |
| status_quo | -       | 2/5   |
| twin       | -       | 2/5   |

A number says that the proposal keeps the rule, and in how many of the variants
that were asked of it; in brackets, that it keeps it of nothing: there are no
such binds. A dash says that it loses the rule already with the default
constants. The last column says how many of its properties it loses.

## How T1 is lost

The kernel binds what is verified.

- kept by bound
- lost by status_quo, twin: 2 steps (kernel 2): load, bind
- with kernel=OLD lost by bound, too: 2 steps (kernel 2): load, bind

## What each proposal gives up

### bound

Everything at once.

- keeps what status_quo gives up: kernel_binds_only_verified, flag_is_true
- gives up what status_quo keeps: flag_changes_driverless
- gives up what others keep (how many): flag_changes_driverless (2)

### status_quo

Nothing.

- gives up what others keep (how many): kernel_binds_only_verified (1),
  flag_is_true (1)

### twin

Nothing, told otherwise.

- keeps what status_quo gives up: nothing
- gives up what status_quo keeps: nothing
- gives up what others keep (how many): kernel_binds_only_verified (1),
  flag_is_true (1)

## What flips verdicts

### old: kernel=OLD

Kernels are old.

- asked of all but twin
- lost: T1 kernel_binds_only_verified, by bound

### old_and_lazy: kernel=OLD, lazy=True

Kernels are old and lazy.

- asked of bound
- compared with kernel=OLD
- lost: T4 trusted_driver_can_run, by bound
- kept of nothing: T3 flag_changes_driverless, by bound

## What nobody keeps together

No proposal keeps both, in no variant in which it can do at all what designs
are for (trusted_driver_can_run, secrets_can_be_deployed), although each is
kept there by somebody who loses the other. That alone is no proof that no
design can; where an idealised bound keeps one of the two, it is the best of
its kind, and loses the other even so.

- kernel_binds_only_verified and flag_changes_driverless: bound keeps
  kernel_binds_only_verified only
- flag_is_true and flag_changes_driverless: bound keeps flag_is_true only

## What no proposal keeps

- none

## What every proposal keeps until the assumptions change

- T4 trusted_driver_can_run: lost in old_and_lazy

## What every proposal keeps in every variant

- T5 secrets_can_be_deployed
"""


def test_page() -> None:
    """The page is the text above: each sentence follows from the cells by hand."""
    assert render(FOUND) == PAGE


def test_width() -> None:
    """No line of the page is wider than it may be, apart from words that fit nowhere."""
    assert [] == [line for line in render(FOUND).splitlines() if len(line) > WIDTH]


def test_where_nothing_runs_nothing_counts() -> None:
    """A pair that is kept together only where no driver can run is still one that nobody keeps together."""
    kept = FOUND.worlds["old_and_lazy", "bound"]
    assert {FLAG, RESET} <= kept
    assert [(HEADLINE, RESET), (FLAG, RESET)] == FOUND.exclusive()


def test_a_witness_without_a_step_shows_nothing() -> None:
    """Where the witnesses are true of the start, no driver comes to run, and no pair is refuted or found there."""
    trivial = tuple(replace(cell, steps=()) if cell.property in (RUNS, SECRETS) else cell for cell in FOUND.cells)
    found = Findings(COLUMNS, DESIGNS, QUESTIONS, trivial)
    assert ([], []) == (found.able(), found.exclusive())


def test_exit() -> None:
    """It is a report: 0 when all is decided, 3 when something is open, 4 when nothing was asked."""
    undecided = Findings(COLUMNS[:1], DESIGNS[:1], QUESTIONS[:1], (Cell("bound", HEADLINE, Answer.OPEN),))
    assert (Exit.HOLDS, Exit.OPEN, Exit.NOTHING) == (FOUND.exit, undecided.exit, Findings((), (), (), ()).exit)
    assert "0 verdicts, and 1 that are open" in " ".join(render(undecided).split())
    assert "| bound    | open    | 0/1   |" in render(undecided)


def test_document() -> None:
    """The JSON document has every cell, and the pairs."""
    shown = json.loads(document(FOUND))
    assert ("tdispmodel/findings/1", 0, 30) == (shown["schema"], shown["exit"], len(shown["cells"]))
    assert {"name": "old", "assumes": ["kernel=OLD"], "why": "Kernels are old."} == shown["variants"][1]
    assert [[HEADLINE, RESET], [FLAG, RESET]] == shown["exclusive"]
    lost = next(cell for cell in shown["cells"] if cell["verdict"] == "violated")
    assert (["load", "bind"], {"kernel": 2}, False) == (lost["steps"], lost["actors"], lost["lasso"])
