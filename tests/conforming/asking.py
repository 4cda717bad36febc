"""Questions to `conform` about texts, without files."""

from __future__ import annotations

from collections.abc import Sequence

from tdispmodel.analysing.conforming.conform import DEFAULT_SKEW, Asked, Writer, conform
from tdispmodel.analysing.conforming.readers.files import log_of
from tdispmodel.analysing.conforming.search.choosing import Choice, trackers
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.system import System
from tdispmodel.reports.conformance import Conformance
from tests.conforming.simulating import DEVICES


def asked_of(
    system: System,
    *texts: str,
    complete: bool = False,
    devices: Sequence[str] | None = None,
    limits: Limits | None = None,
    skew: int = DEFAULT_SKEW,
    choice: Choice = trackers,
) -> Conformance:
    """Return the answer about some texts together; the drivers are those of the simulated logs."""
    logs = tuple(log_of(text, f"log{number}") for number, text in enumerate(texts))
    asked = Asked(
        logs, DEVICES[: system.devices] if devices is None else tuple(devices), "e1000e", "cc_prepare", complete, skew
    )
    writer = Writer(system.name, system, frozenset(action.name for action in system.actions))
    return conform(asked, writer, limits or Limits(), choice=choice)
