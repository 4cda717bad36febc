"""``--format mail``: the body of a mail that answers the questions of a list."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from tdispmodel.ir.expressions import TRUE, Actor
from tdispmodel.reports.mail import fingerprint, render
from tdispmodel.reports.options import Options
from tdispmodel.verdict import Report
from tests.reports.random_reports import REPORTS
from tests.reports.samples import ONLY_IN_RUN, driver_system, holds, sample_report
from tests.reports.test_laws import OPTIONS, few, fits_a_mail

FIVE_STEPS = """\
[status_quo] TDM103 private_driver_only_in_run violated in 5 steps

Problem:  not so: The operating driver is bound only while the TDI is in
          RUN.
Reached:  start_initrd (userspace), lock (userspace), accept
          (userspace), attach_on_arrival (kernel), error (host)
Wanted:   always driver = OPERATING implies tdi = RUN
Effect:   driver = OPERATING: yes; tdi = RUN: no (tdi=ERROR)
Found by: tdispmodel 0.1.0, model {model}, engine explicit, all 143
          states, a shortest one, 1 device
Of:       found in the model, not on a running machine
Kept by:  {keepers}
Again:    tdispmodel trace status_quo TDM103

   1  userspace  start_initrd       phase BOOT -> INITRD
   2  userspace  lock               tdi CONFIG_UNLOCKED -> CONFIG_LOCKED
   3  userspace  accept             tdi CONFIG_LOCKED -> RUN,
                                    accepted no -> yes
   4  kernel     attach_on_arrival  driver NONE -> OPERATING
   5  host       error              tdi RUN -> ERROR


"""

REST = """\
Not decided:
  open  TDM401 wanted_device_gets_its_driver (status_quo, 1 device)
        bmc: no violation within 20 steps; time is used up

Holds:
  ok    TDM501 trusted_driver_can_run (status_quo, 1 device)
  vac   TDM404 run_stays_reachable (status_quo, 1 device)

6 properties: 2 hold (1 vacuously), 3 violated, 1 open, 1 not applicable
"""


def test_a_report() -> None:
    """What is wrong is told in full, then what is open and why, then what holds, then how many of each; no times."""
    shown = render(sample_report())
    nobody = "none of the proposals that were asked"
    assert FIVE_STEPS.format(model=fingerprint(driver_system()), keepers=nobody) in shown
    assert shown.endswith(REST)
    assert shown.count(" violated in ") == 3


def test_who_keeps_it() -> None:
    """Another proposal of the same report that keeps the property is named; one that keeps it for want of occasion not."""
    report = sample_report()
    kept = replace(report.results[0], proposal="careful", verdict=holds(ONLY_IN_RUN))
    idle = replace(kept, proposal="idle", verdict=replace(kept.verdict, vacuous=True))
    shown = render(replace(report, results=(*report.results, kept, idle)), Options())
    assert FIVE_STEPS.format(model=fingerprint(driver_system()), keepers="careful") in shown


def test_the_fingerprint_tells_systems_apart() -> None:
    """It changes with a variable's start, an action, a guard, an effect and an actor, and not with a name."""
    system = driver_system()
    first, *others = system.actions
    variables = (replace(system.variables[0], initial=system.variables[0].initial * 2), *system.variables[1:])
    changed = [
        replace(system, variables=variables),
        replace(system, actions=tuple(others)),
        replace(system, actions=(replace(first, guards=(TRUE,)), *others)),
        replace(system, actions=(replace(first, assignments=()), *others)),
        replace(system, actions=(replace(first, actor=Actor.HOST), *others)),
    ]
    assert first.actor is not Actor.HOST
    assert len({fingerprint(each) for each in (system, *changed)}) == 1 + len(changed)
    assert fingerprint(replace(system, name="other", without=("host.error",))) == fingerprint(system)


@few
@given(REPORTS, OPTIONS)
def test_it_fits_a_mail(report: Report, options: Options) -> None:
    """The mail of any report is ASCII of at most 72 columns."""
    assert fits_a_mail(render(report, options))
