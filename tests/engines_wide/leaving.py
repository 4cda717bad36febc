"""What is expected of the numbered search where an integer may leave its range."""

from __future__ import annotations

from tdispmodel.engines.protocol import Limits
from tdispmodel.semantics import LeavesRange
from tdispmodel.verdict import OutOfRange
from tests.engines_wide.numbered import Numbered
from tests.laws.oracle import Oracle
from tests.laws.test_engines_agree import Asked, assert_leads_there


def assert_leaving_is_noticed(pair: Asked) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    system, asked = pair
    try:
        Oracle(system)
        leaves = False
    except LeavesRange:
        leaves = True
    try:
        list(Numbered().answer(system, asked, Limits()))
    except OutOfRange as found:
        assert leaves
        assert_leads_there(system, found)
    else:
        assert not leaves
