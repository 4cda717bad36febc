"""JUnit XML: against the schema of Jenkins' xUnit plugin, and as junitparser reads it."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from tdispmodel.gating.channels.junit import render
from tdispmodel.gating.channels.wording import GateOptions
from tests.gating.conftest import Consumer
from tests.gating.samples import ALL, every_status, open_only, refused

COUNT = """
import json, sys
from junitparser import JUnitXml
read = JUnitXml.fromstring(sys.stdin.read().encode())
print(json.dumps([[suite.name, suite.tests, suite.failures, suite.errors, suite.skipped] for suite in read]))
"""


def elements(text: str) -> dict[str, str]:
    """What became of each test case: the name of the element in it, empty if it passed."""
    root = ET.fromstring(text)  # noqa: S314  # our own output
    return {case.attrib["name"]: "".join(child.tag for child in case) for case in root.iter("testcase")}


def test_every_status() -> None:
    """A violation and an unexpected success are failures, what is open an error, what is excused skipped with a reason."""
    shown = render(every_status())
    assert elements(shown) == {
        "TDM101 no_trusted_driver_binds_pre_run": "failure",
        "TDM103 private_driver_only_in_run": "skipped",
        "TDM402 deferral_is_not_endless": "skipped",
        "TDM401 wanted_device_gets_its_driver": "error",
        "TDM501 trusted_driver_can_run": "failure",
        "TDM404 run_stays_reachable": "",
        "TDM110 locked_topology_admits_no_newcomer": "skipped",
        "TDG001 stale_expectation expectations.toml line 9": "failure",
        "TDG003 expired_waiver waivers.toml line 7": "",
    }
    assert '<skipped type="waived" message="waived (FAIL lasso): retries are bounded # later"/>' in shown
    assert '<property name="vacuous" value="run_stays_reachable"/>' in shown
    assert "   1  kernel   attach_on_arrival  driver NONE -&gt; OPERATING" in shown


def test_times_only_when_asked() -> None:
    """Without ``--times`` no time is written; with it each test case has that of its verdict, a suite their sum."""
    assert "time=" not in render(every_status())
    shown = render(every_status(), GateOptions(seconds=1.0))
    assert shown.count('time="0.010"') == 7  # six verdicts of the samples took 0.01 s; the suite of one of them
    assert 'time="0.050"' in shown


def test_what_is_open_and_what_is_refused_are_errors() -> None:
    """Neither an open verdict nor a bad input shows green."""
    assert list(elements(render(open_only())).values()) == ["error", "error"]
    assert list(elements(render(refused())).values()) == ["error"]


@pytest.mark.parametrize("name", ALL)
def test_jenkins_schema(name: str, consumer: Consumer, tmp_path: Path) -> None:
    """Without ``file`` and ``line``, which other consumers read, it is as Jenkins' schema says; a planted mistake is not."""
    schema, xmllint = consumer("junit-xsd"), consumer("xmllint")
    root = ET.fromstring(render(ALL[name]()))  # noqa: S314  # our own output
    for case in root.iter("testcase"):
        del case.attrib["file"], case.attrib["line"]
    path = tmp_path / "result.xml"
    path.write_bytes(ET.tostring(root))
    words = [xmllint, "--noout", "--nonet", "--schema", schema, str(path)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    root.set("failing", "1")
    path.write_bytes(ET.tostring(root))
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("name", ALL)
def test_junitparser_counts_the_same(name: str, python_of_consumers: Callable[[str, str, str], str]) -> None:
    """Junitparser finds the suites with the counts that follow from the rows."""
    gate = ALL[name]()
    found = json.loads(python_of_consumers("junitparser", COUNT, render(gate)))
    if name == "refused":
        assert found == [["tdispmodel", 1, 0, 1, 0]]
        return
    wanted = []
    for proposal, rows in gate.by_proposal():
        opened = sum(row.status.value == "open" for row in rows)
        failed = sum(gate.fails(row) for row in rows)
        excused = sum(row.status.value in {"xfail", "waived", "n/a"} for row in rows)
        wanted.append([proposal, len(rows), failed, opened, excused])
    if gate.problems:
        wanted.append(
            ["expectations, waivers and scores", len(gate.problems), sum(one.fails for one in gate.problems), 0, 0]
        )
    assert found == wanted
