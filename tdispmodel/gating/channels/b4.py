"""The answer of a check of ``b4 review``: a JSON array with one finding, its details the text of the gate.

b4 keeps one answer for each message and tool, so there is one, also when nothing was checked.
[b4, docs/maintainer/review.rst]
"""

from __future__ import annotations

import json

from tdispmodel.gating.channels import text
from tdispmodel.gating.channels.wording import conclusion, summary
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Status
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import ascii_only


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the answer of a gate."""
    said = gated.complaints[0].message if gated.complaints else summary(gated)
    answer = {
        "tool": "tdispmodel",
        "status": status(gated),
        "summary": ascii_only(f"gate {conclusion(gated)}: {said}"),
        "details": text.render(gated, options),
    }
    return json.dumps([answer], indent=2, ensure_ascii=True) + "\n"


def status(gated: Gated) -> str:
    """Return ``fail`` for what fails and where nothing was checked, ``warn`` for what is open or rests on nothing."""
    code = exit_of(gated)
    if code not in {Exit.HOLDS, Exit.OPEN}:
        return "fail"
    return "warn" if code is Exit.OPEN or gated.count(Status.VACUOUS) or gated.problems else "pass"
