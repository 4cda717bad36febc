"""The mail of a gate."""

from __future__ import annotations

from tdispmodel.gating.channels.mail import render
from tests.gating.samples import every_status, nothing, passing

REST = """\
Not well:
  status_quo: TDM401 wanted_device_gets_its_driver: open: bmc: no
    violation within 20 steps; time is used up
    A device that policy wants ends with its operating driver.
  status_quo: TDM501 trusted_driver_can_run: XPASS: ok, expected FAIL
    The operating driver can run in RUN.

Excused:
  status_quo: TDM103 private_driver_only_in_run: expected to be violated
    (FAIL 5)
    The operating driver is bound only while the TDI is in RUN.
  status_quo: TDM402 deferral_is_not_endless: waived (FAIL lasso):
    retries are bounded # later
    No device is retried for ever.

expectations.toml:9:1: an expectation that matches nothing: nobody asks
  for status_quo nonsense
  hint: remove the entry
waivers.toml:7:1: a waiver that expired: the waiver of status_quo TDM101
  expired after 2026-11-28: old kernels
  hint: repair the design, or say until when the reason is good

gate failed: 7 results: 3 as expected (1 vacuous), 2 unexpected, 1 open,
  1 waived, 1 stale, 1 expired, 1 not applicable [exit 1]
"""


def test_every_status() -> None:
    """The one violation that nobody expected is told in full, as ``check`` mails it; the others in a line each."""
    shown = render(every_status())
    assert shown.startswith(
        "[status_quo] TDM101 no_trusted_driver_binds_pre_run violated in 1 step\n\nProblem:  not so: "
    )
    assert shown.count("Problem:") == 1
    assert shown.endswith(REST)
    assert all(len(line) <= 72 and line == line.rstrip() for line in shown.splitlines())


def test_nothing_amiss() -> None:
    """A gate that passes, or that was asked nothing, says so, and not more than what is excused."""
    assert "Problem:" not in render(passing())
    assert render(passing()).splitlines()[-1].endswith("[exit 0]")
    assert render(nothing()).splitlines()[-1].endswith("[exit 4]")
