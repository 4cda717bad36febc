"""The text of a gate and its document."""

from __future__ import annotations

import json

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tdispmodel.gating.channels import json as documents
from tdispmodel.gating.channels.text import render
from tdispmodel.gating.channels.wording import GateOptions
from tdispmodel.reports.json import schema as report_schema
from tests.gating.samples import ALL, every_status, nothing, passing

EVERY_STATUS = """\
status_quo
  TDM101 no_trusted_driver_binds_pre_run: FAIL 1, expected ok
    Whoever binds the operating driver, the TDI is in RUN.
   1  kernel   attach_on_arrival  driver NONE -> OPERATING
    again: tdispmodel trace status_quo TDM101
  TDM401 wanted_device_gets_its_driver: open: bmc: no violation within
    20 steps; time is used up
    A device that policy wants ends with its operating driver.
    again: tdispmodel check status_quo -k TDM401
  TDM501 trusted_driver_can_run: XPASS: ok, expected FAIL
    The operating driver can run in RUN.
    again: tdispmodel trace status_quo TDM501

expectations.toml:9:1: an expectation that matches nothing: nobody asks
  for status_quo nonsense
  hint: remove the entry
waivers.toml:7:1: a waiver that expired: the waiver of status_quo TDM101
  expired after 2026-11-28: old kernels
  hint: repair the design, or say until when the reason is good

gate failed: 7 results: 3 as expected (1 vacuous), 2 unexpected, 1 open,
  1 waived, 1 stale, 1 expired, 1 not applicable [exit 1]
if it is meant to be so: tdispmodel gate --update
"""


def test_every_status() -> None:
    """What is not as expected is told with the end of its counterexample, the rest counted: seven results are asked of two
    proposals, of which one is as violated as expected, one vacuous, one holds, one is waived.
    """
    assert render(every_status()) == EVERY_STATUS


def test_verbose() -> None:
    """With ``-v`` each row has a line, in order."""
    lines = render(every_status(), GateOptions(verbose=True)).splitlines()
    told = [line.strip() for line in lines if line.startswith("  TDM")]
    assert [line.partition(" ")[0] for line in told] == [row.cell.code for row in every_status().rows]
    assert "TDM501 trusted_driver_can_run: XPASS: ok, expected FAIL" in told


@pytest.mark.parametrize("name", ALL)
def test_it_fits_a_mail(name: str) -> None:
    """Pure ASCII, at most 72 columns, nothing at the ends of lines."""
    lines = render(ALL[name](), GateOptions(verbose=True)).splitlines()
    assert all(len(line) <= 72 and line.isascii() and line == line.rstrip() for line in lines)


def test_short_ones() -> None:
    """A gate that is passed has one line."""
    assert render(passing()) == "gate passed: 2 results: 2 as expected, 0 unexpected, 0 open [exit 0]\n"
    assert render(nothing()).startswith("gate had nothing to check: 0 results")


@pytest.mark.parametrize("name", ALL)
def test_the_document(name: str) -> None:
    """It is as its schema says, its results are as that of results says but for their times, and rendering is repeatable."""
    gate = ALL[name]()
    found = json.loads(documents.render(gate))
    jsonschema.validate(found, documents.schema())
    whole = report_schema()
    result_schema = {**whole["$defs"]["result"], "$defs": whole["$defs"]}
    for cell in found["cells"]:
        if cell["result"] is not None:
            assert "seconds" not in cell["result"]
            jsonschema.validate({**cell["result"], "seconds": 0, "mutants": None}, result_schema)
    assert documents.render(gate) == documents.render(ALL[name]())
    assert sum(found["counts"].values()) == len(found["cells"])
