"""What ``-k`` selects."""

from __future__ import annotations

import pytest

from tdispmodel.checking.selection import selection
from tdispmodel.source import Rejected

KNOWN = {"TDM101": "no_early_bind", "TDM102": "bind_is_verified", "TDM110": "run_stays_reachable"}


def selected(expression: str) -> list[str]:
    """The codes that an expression selects, in order."""
    wanted = selection(expression)
    return [code for code, name in KNOWN.items() if wanted(name, code)]


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("", ["TDM101", "TDM102", "TDM110"]),
        ("bind", ["TDM101", "TDM102"]),
        ("BIND", ["TDM101", "TDM102"]),
        ("tdm110", ["TDM110"]),
        ("TDM1", []),
        ("run-stays", ["TDM110"]),
        ("bind and not TDM101", ["TDM102"]),
        ("not bind", ["TDM110"]),
        ("TDM101 or TDM110", ["TDM101", "TDM110"]),
        ("early or verified and run", ["TDM101"]),
        ("(early or verified) and run", []),
        ("not (early or run)", ["TDM102"]),
        ("not not run", ["TDM110"]),
        ("nothing_like_it", []),
    ],
)
def test_selects(expression: str, codes: list[str]) -> None:
    """An expression selects what the rules say: parts of names, whole codes, not before and before or."""
    assert codes == selected(expression)


@pytest.mark.parametrize(
    "expression", ["(", ")", "a b", "and", "a and", "not", "a or or b", "()", "a;b", "__import__('os')"]
)
def test_malformed(expression: str) -> None:
    """What is no expression is a complaint about ``-k``."""
    with pytest.raises(Rejected) as rejected:
        selection(expression)
    assert ["E613"] == [complaint.code for complaint in rejected.value.complaints]


@pytest.mark.parametrize("expression", ["(" * 10_000, "not " * 900 + "a", "a or " * 10_000 + "b"])
def test_bounded(expression: str) -> None:
    """Deep or long expressions are complaints, not crashes."""
    with pytest.raises(Rejected) as rejected:
        selection(expression)
    assert ["E613"] == [complaint.code for complaint in rejected.value.complaints]
