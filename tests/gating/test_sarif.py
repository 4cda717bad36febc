"""SARIF: what GitHub asks for, and Microsoft's validator with GitHub's rules."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.gating.channels.sarif import document, render
from tdispmodel.gating.channels.wording import GateOptions
from tests.gating.conftest import Consumer
from tests.gating.samples import ALL, every_status, open_only, refused

ALL_ROWS = GateOptions(sarif_all=True)


def results(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, kind and level of each result."""
    return [(one["ruleId"], one["kind"], one["level"]) for one in found["runs"][0]["results"]]


def test_only_what_is_unexpected() -> None:
    """A violation, an unexpected success and a stale entry are errors, what is vacuous or expired a warning, no other."""
    assert results(document(every_status())) == [
        ("TDM101", "fail", "error"),
        ("TDM501", "fail", "error"),
        ("TDM404", "fail", "warning"),
        ("TDG001", "fail", "error"),
        ("TDG003", "fail", "warning"),
    ]


def test_everything_with_sarif_all() -> None:
    """With ``--sarif-all`` each row is a result: of another kind than fail with level none, and excused ones suppressed."""
    found = document(every_status(), ALL_ROWS)
    assert results(found) == [
        ("TDM101", "fail", "error"),
        ("TDM103", "fail", "error"),
        ("TDM402", "fail", "error"),
        ("TDM401", "open", "none"),
        ("TDM501", "fail", "error"),
        ("TDM404", "fail", "warning"),
        ("TDM110", "notApplicable", "none"),
        ("TDM404", "pass", "none"),
        ("TDG001", "fail", "error"),
        ("TDG003", "fail", "warning"),
    ]
    reasons = [one["suppressions"][0]["justification"] for one in found["runs"][0]["results"] if "suppressions" in one]
    assert reasons == ["an expected violation", "retries are bounded # later"]


def test_a_counterexample_is_a_code_flow() -> None:
    """A step is a location with who takes it, and what it changes; the last one is where the result is, and essential."""
    found = document(every_status(), ALL_ROWS)["runs"][0]["results"][1]
    flow = found["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in flow] == [
        "1. userspace: start_initrd",
        "2. userspace: lock",
        "3. userspace: accept",
        "4. kernel: attach_on_arrival",
        "5. host: error",
    ]
    assert [step["executionOrder"] for step in flow] == [1, 2, 3, 4, 5]
    assert flow[2]["state"] == {
        "tdi": {"text": "CONFIG_LOCKED -> RUN"},
        "accepted": {"text": "no -> yes"},
    }
    assert [step["importance"] for step in flow] == [*["important"] * 4, "essential"]
    assert flow[-1]["location"]["physicalLocation"] == found["locations"][0]["physicalLocation"]


def test_fingerprints_do_not_depend_on_lines() -> None:
    """Two results differ in their fingerprints, and none is made of anything but names."""
    found = [
        one["partialFingerprints"]["primaryLocationLineHash"] for one in document(every_status())["runs"][0]["results"]
    ]
    assert len(set(found)) == len(found)
    assert found == [
        one["partialFingerprints"]["primaryLocationLineHash"] for one in document(every_status())["runs"][0]["results"]
    ]


def test_what_is_open_or_refused_is_a_notification() -> None:
    """An open verdict is a warning of the run, never silence; a complaint is an error, and the run no success."""
    (invocation,) = document(open_only())["runs"][0]["invocations"]
    assert invocation["executionSuccessful"]
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["warning", "warning"]
    (invocation,) = document(refused())["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    assert [one["descriptor"]["id"] for one in invocation["toolExecutionNotifications"]] == ["E640"]


def multitool(path: str, log: Path) -> list[str]:
    """The errors that Microsoft's validator finds in a log with the rules of the standard and of GitHub."""
    words = [path, "validate", str(log), "--rule-kind", "Sarif;Ghas"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    # of a log that it cannot read it says nothing at all; of each that it reads, that no address of ours is in it
    assert "warning SARIF2005" in ended.stdout, ended.stdout + ended.stderr
    return [line for line in ended.stdout.splitlines() if ": error " in line]


def test_the_multitool_finds_no_error(consumer: Consumer, tmp_path: Path) -> None:
    """One log with a run for each sample, each also with all rows, passes; with two mistakes planted it does not."""
    path = consumer("sarif-multitool")
    whole = json.loads(render(every_status()))
    whole["runs"] = [document(make(), options)["runs"][0] for make in ALL.values() for options in (None, ALL_ROWS)]
    log = tmp_path / "whole.sarif"
    log.write_text(json.dumps(whole))
    assert multitool(path, log) == []
    broken = json.loads(render(every_status()))
    del broken["runs"][0]["results"][1]["locations"]
    broken["runs"][0]["results"][0]["ruleIndex"] = 99
    log.write_text(json.dumps(broken))
    assert {"GH1015", "SARIF1009"} <= {line.split(": error ")[1].partition(":")[0] for line in multitool(path, log)}


@pytest.mark.parametrize("name", ALL)
def test_what_github_demands(name: str) -> None:
    """Each rule has its texts, each result its rule, place and fingerprint; no path is absolute; limits are kept."""
    run = document(ALL[name](), ALL_ROWS)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        where = result["locations"][0]["physicalLocation"]
        assert not where["artifactLocation"]["uri"].startswith(("/", "."))
        assert where["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]
