"""What an earlier run violated, read from its JSON: these violations are known, new ones fail.

Given a document of ``check --json`` (``tdispmodel/result/1``) or of ``gate --json`` (``tdispmodel/gate/1``), perhaps a
stranger's; gives what was violated under which assumptions, or raises `Rejected`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from tdispmodel.checking.mistakes import EXPECTATIONS
from tdispmodel.checking.topology import small_text
from tdispmodel.gating.vocabulary import Known
from tdispmodel.reports.json import SCHEMA as RESULT
from tdispmodel.source import Complaint, Place, Rejected
from tdispmodel.verdict import Answer

LARGEST_FILE = 256 << 20
GATE = "tdispmodel/gate/1"
HINT = "make it with: tdispmodel check --output json=FILE, under the same assumptions"


def read_baseline(path: Path) -> frozenset[Known]:
    """Return what the document in the file ``path`` violates.  Raises `Rejected`."""
    return baseline(small_text(path, EXPECTATIONS, LARGEST_FILE), str(path))


def baseline(text: str, path: str) -> frozenset[Known]:
    """Return what the document ``text`` violates; ``path`` is how complaints call it.  Raises `Rejected`."""
    try:
        document = json.loads(text)
    except RecursionError:
        _refuse(path, "nested too deeply")
    except json.JSONDecodeError as problem:
        _refuse(path, f"this is no JSON: {problem.msg}", problem.lineno, problem.colno)
    except ValueError as problem:  # a number of more digits than Python reads
        _refuse(path, f"this is no JSON: {str(problem)[:80]}")
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or schema not in {RESULT, GATE}:
        _refuse(path, f"this is no document of tdispmodel: its schema is neither {RESULT} nor {GATE}")
    rows = document.get("results" if schema == RESULT else "cells")
    if not isinstance(rows, list) or document.get("exit") not in range(5) or document.get("complaints"):
        _refuse(path, "this document is of a run that did not come to its end")
    if schema == GATE:
        rows = [row.get("result") if isinstance(row, dict) else 0 for row in rows]
    return frozenset(_violated(path, [row for row in rows if row is not None]))


def _violated(path: str, rows: list[Any]) -> Iterator[Known]:
    for number, row in enumerate(rows):
        try:
            if row["verdict"] == Answer.VIOLATED.value:
                yield str(row["proposal"]), str(row["property"]), assumptions(row)
        except (KeyError, TypeError, IndexError, RecursionError):
            _refuse(path, f"result {number} of this document is not as its schema says")


def assumptions(row: dict[str, Any]) -> str:
    """Return what identifies the assumptions of a result, given as its document has it."""
    return json.dumps([row["devices"], row["constants"], row["without"]], sort_keys=True)


def _refuse(path: str, why: str, line: int = 1, column: int = 1) -> NoReturn:
    raise Rejected([Complaint(EXPECTATIONS, f"a baseline cannot be read: {why}", Place(path, line, column), HINT)])
