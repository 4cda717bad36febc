"""KTAP: by the rules of its specification, and as Perl's ``prove`` reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tdispmodel.gating.channels.ktap import render
from tests.gating import ktap_rules
from tests.gating.conftest import Consumer
from tests.gating.samples import ALL, every_status, nothing, open_only, passing, refused

EVERY_STATUS = """\
KTAP version 1
1..3
  KTAP version 1
  # Subtest: status_quo
  1..7
  # FAIL 1, expected ok
  # Whoever binds the operating driver, the TDI is in RUN.
  #    1  kernel   attach_on_arrival  driver NONE -> OPERATING
  # again: tdispmodel trace status_quo TDM101
  not ok 1 TDM101 no_trusted_driver_binds_pre_run
  ok 2 TDM103 private_driver_only_in_run # XFAIL expected to be violated (FAIL 5)
  ok 3 TDM402 deferral_is_not_endless # XFAIL waived (FAIL lasso): retries are bounded no. later
  not ok 4 TDM401 wanted_device_gets_its_driver # TIMEOUT bmc: no violation within 20 steps; time is used up
  # XPASS: ok, expected FAIL
  not ok 5 TDM501 trusted_driver_can_run
  ok 6 TDM404 run_stays_reachable # vacuous
  ok 7 TDM110 locked_topology_admits_no_newcomer # SKIP no variable Guest.topology
not ok 1 status_quo
  KTAP version 1
  # Subtest: late
  1..1
  ok 1 TDM404 run_stays_reachable
ok 2 late
  KTAP version 1
  # Subtest: expectations, waivers and scores
  1..2
  # an expectation that matches nothing: nobody asks for status_quo nonsense
  not ok 1 TDG001 stale_expectation expectations.toml line 9
  # a waiver that expired: the waiver of status_quo TDM101 expired after 2026-11-28: old kernels
  ok 2 TDG003 expired_waiver waivers.toml line 7
not ok 3 expectations, waivers and scores
# Totals: pass:3 fail:2 xfail:2 xpass:1 skip:1 error:1
"""


def test_every_status() -> None:
    """Each status has its line: written down from the table of statuses in docs/gate.md and the sample, by hand."""
    assert render(every_status()) == EVERY_STATUS


def test_vacuous_fails_when_it_must_not_be() -> None:
    """What holds vacuously is not ok when it must be expected to do so."""
    read = ktap_rules.read(render(every_status(no_vacuous=True)))
    assert [test.ok for test in read.tests[0].tests] == [False, True, True, False, False, False, True]


@pytest.mark.parametrize("name", [name for name in ALL if name not in {"refused", "nothing"}])
def test_the_rules_are_kept(name: str) -> None:
    """The output obeys the rules of KTAP, and its parts pass exactly if the rows do."""
    gate = ALL[name]()
    read = ktap_rules.read(render(gate))
    said = [[test.ok for test in proposal.tests] for proposal in read.tests]
    wanted = [[gate.passes(row) for row in rows] for _, rows in gate.by_proposal()]
    if gate.problems:
        wanted.append([not problem.fails for problem in gate.problems])
    assert said == wanted


def test_what_is_open_is_not_ok() -> None:
    """Out of time is TIMEOUT, another reason is ERROR, and neither is ok."""
    tests = ktap_rules.read(render(open_only())).tests[0].tests
    assert [(test.ok, test.directive) for test in tests] == [(False, "TIMEOUT"), (False, "ERROR")]


def test_nothing_and_nonsense() -> None:
    """Where nothing was asked the plan is empty and says why; where the input makes no sense the test bails out."""
    assert render(nothing()) == "KTAP version 1\n1..0 # SKIP nothing was checked\n"
    assert render(refused()).splitlines()[-1] == "Bail out! the reason of this waiver is missing"


@pytest.mark.parametrize(
    "broken",
    [
        EVERY_STATUS.replace("1..3", "1..4"),
        EVERY_STATUS.replace("not ok 1 status_quo", "ok 1 status_quo"),
        EVERY_STATUS.replace("  ok 6 ", "  ok 8 "),
        EVERY_STATUS.replace("not ok 4 TDM401", "ok 4 TDM401"),
        EVERY_STATUS.replace("  # Subtest: late\n", ""),
        EVERY_STATUS.replace("ok 2 late", "ok 2 # late"),
    ],
)
def test_the_rules_notice_what_is_broken(broken: str) -> None:
    """A wrong plan, a parent that hides a failure, a wrong number, a passing timeout, and missing names are refused."""
    with pytest.raises(ValueError, match=r"."):
        ktap_rules.read(broken)


def test_prove_reads_it(consumer: Consumer, tmp_path: Path) -> None:
    """Perl's ``prove`` counts the proposals and fails exactly if one of them does."""
    prove = consumer("prove")
    endings = {}
    for name, gate in {"every": every_status(), "fine": passing(), "open": open_only(), "none": nothing()}.items():
        (tmp_path / name).write_text(render(gate))
        ended = subprocess.run(
            [prove, "--exec", "cat", name], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert "Parse errors" not in ended.stdout
        endings[name] = (ended.returncode == 0, ended.stdout.rpartition("Result: ")[2].strip())
    assert endings == {
        "every": (False, "FAIL"),
        "fine": (True, "PASS"),
        "open": (False, "FAIL"),
        "none": (True, "NOTESTS"),
    }
