"""What ``check`` prints, as exact text."""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import Not, Value
from tdispmodel.reports.options import Options
from tdispmodel.reports.text import complaints, render
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import Answer, Interchanged, NumberedOrbits, Report, Result, Skipped, Space, Verdict
from tests.reports.samples import (
    BINDS_IN_RUN,
    CAN_RUN,
    DRIVER,
    ONLY_IN_RUN,
    RUN_STAYS,
    STORY,
    driver_system,
    holds,
    is_,
    run,
    sample_report,
    violated,
)

CHECK = """\
status_quo: 143 states, 565 transitions, depth 15, complete, 1 device

  FAIL 1      TDM101  no_trusted_driver_binds_pre_run
  FAIL 5      TDM103  private_driver_only_in_run
  FAIL lasso  TDM402  deferral_is_not_endless
  open        TDM401  wanted_device_gets_its_driver
                      bmc: no violation within 20 steps; time is used up
  ok          TDM501  trusted_driver_can_run
  vac         TDM404  run_stays_reachable
                      its premise is never reached

TDM101 Whoever binds the operating driver, the TDI is in RUN.
   1  kernel   attach_on_arrival  driver NONE -> OPERATING
  in full: tdispmodel trace status_quo TDM101

TDM103 The operating driver is bound only while the TDI is in RUN.
   3  userspace  accept             tdi CONFIG_LOCKED -> RUN,
                                    accepted no -> yes
   4  kernel     attach_on_arrival  driver NONE -> OPERATING
   5  host       error              tdi RUN -> ERROR
  all 5 steps: tdispmodel trace status_quo TDM103

TDM402 No device is retried for ever.
   1  userspace  start_initrd    phase BOOT -> INITRD
   2  kernel     retry_deferred  retries 0 -> 1     <== loop starts here
   3  kernel     retry_deferred  (nothing changes)
      back to 2: step 3 repeats for ever
  in full: tdispmodel trace status_quo TDM402

6 properties: 2 hold (1 vacuously), 3 violated, 1 open, 1 not applicable
  (0.05 s)
"""


def test_a_check_reads_as_a_mail() -> None:
    """Every kind of verdict has its word, violations their excerpts, open ones their reasons."""
    assert CHECK == render(sample_report())


def test_symmetry_is_told() -> None:
    """What was found under symmetry says so beside the states, and with the evidence when the report is verbose."""
    used = Interchanged((("devices[0]", "devices[1]"), ("ports[0]", "ports[1]", "ports[2]")), 3)
    shown = NumberedOrbits((), used.classes, 3)
    verdict = replace(holds(ONLY_IN_RUN, shown, space=Space(4, 8, 2)), symmetry=used)
    text = render(Report((Result("status_quo", driver_system(), verdict),)), Options(verbose=True))
    words = " ".join(text.split())
    assert "status_quo: 4 states, 3 orbits under symmetry of 2 devices and 3 ports, 8 transitions" in words
    assert "explicit, symmetry of 2 devices and 3 ports, orbits of states made of numbered parts (3)" in words


def test_verbose_names_engines_and_what_is_not_applicable() -> None:
    """A verbose report says what was assumed, who decided with which evidence, and why a property was left out."""
    system = driver_system()
    report = Report(
        (Result("device_filter", system, holds(CAN_RUN)),),
        (Skipped("device_filter", "locked_topology_admits_no_newcomer", "TDM110", "no variable Guest.topology"),),
    )
    assert """\
device_filter: 1 device
  asked with: no constants
  host can:   host.error

  ok       TDM501  trusted_driver_can_run
                   explicit, 0.01 s
  n/a      TDM110  locked_topology_admits_no_newcomer
                   no variable Guest.topology

1 property: 1 hold, 0 violated, 0 open, 1 not applicable (2.50 s)
""" == render(report, Options(verbose=True, seconds=2.5))


def test_assumptions_stand_in_the_header_and_in_the_command() -> None:
    """Constants other than the defaults, switched-off capabilities and the number of devices are said and repeated."""
    system = driver_system(
        2, (("kernel", "BEFORE_6_19"), ("probe_registers_child", False)), ("host.error", "host.hot_reset")
    )
    report = Report((Result("initrd_autoprobe_off", system, violated(ONLY_IN_RUN, run(system, STORY[3]))),))
    defaults: dict[str, dict[str, Value]] = {
        "initrd_autoprobe_off": {"kernel": "SINCE_6_19", "probe_registers_child": False}
    }
    assert """\
initrd_autoprobe_off: 2 devices, kernel=BEFORE_6_19 without
  host.error, host.hot_reset

  FAIL 1   TDM103  private_driver_only_in_run

TDM103 The operating driver is bound only while the TDI is in RUN.
   1  kernel   attach_on_arrival(devices[0])
                                     devices[0].driver NONE -> OPERATING
  in full: tdispmodel trace initrd_autoprobe_off TDM103 --devices 2 \\
             --set kernel=BEFORE_6_19 --without host.error \\
             --without host.hot_reset

1 property: 0 hold, 1 violated, 0 open (0.01 s)
""" == render(report, Options(defaults=defaults))


def test_constants_that_a_property_sets_itself_are_not_set_again() -> None:
    """A property may fix a constant: its verdict stands under a header of its own, the command does not repeat it."""
    naive = driver_system(constants=(("userspace", "NAIVE"),))
    template = ONLY_IN_RUN.template
    assert template is not None
    asked = replace(ONLY_IN_RUN, template=replace(template, given=(("userspace", "NAIVE"),)))
    report = Report(
        (
            Result("status_quo", driver_system(constants=(("userspace", "CAREFUL"),)), holds(CAN_RUN)),
            Result("status_quo", naive, violated(asked, run(naive, STORY[3]))),
        )
    )
    assert """\
status_quo: 1 device

  ok       TDM501  trusted_driver_can_run

status_quo: 1 device, userspace=NAIVE

  FAIL 1   TDM103  private_driver_only_in_run

TDM103 The operating driver is bound only while the TDI is in RUN.
   1  kernel   attach_on_arrival  driver NONE -> OPERATING
  in full: tdispmodel trace status_quo TDM103

2 properties: 1 hold, 1 violated, 0 open (0.02 s)
""" == render(report, Options(defaults={"status_quo": {"userspace": "CAREFUL"}}))


def test_what_must_be_possible_and_is_not() -> None:
    """Without a trace the verdict is FAIL alone, the goal is named, and the command asks again."""
    report = Report((Result("status_quo", driver_system(), violated(CAN_RUN, None, Space(12, 30, 4))),))
    assert """\
status_quo: 12 states, 30 transitions, depth 4, complete, 1 device

  FAIL     TDM501  trusted_driver_can_run

TDM501 The operating driver can run in RUN.
  Never possible: no behaviour without the host has driver = OPERATING
  and tdi = RUN.
  again: tdispmodel check status_quo -k TDM501

1 property: 0 hold, 1 violated, 0 open (0.01 s)
""" == render(report)


def test_what_does_not_stay_possible() -> None:
    """The path to the state from which the goal is lost is shown, then what is lost."""
    system = driver_system()
    report = Report((Result("status_quo", system, violated(RUN_STAYS, run(system, STORY[0], STORY[4]))),))
    assert """\
TDM404 Before secrets, RUN stays reachable.
   1  userspace  start_initrd  phase BOOT -> INITRD
   2  host       error         tdi CONFIG_UNLOCKED -> ERROR
  from here no longer possible: tdi = RUN
  in full: tdispmodel trace status_quo TDM404
""" in render(report)


def test_a_violation_in_the_start_state() -> None:
    """A counterexample without a step shows the start state."""
    system = driver_system()
    asked = replace(ONLY_IN_RUN, formula=Not(is_("devices[0].driver", DRIVER, "NONE")), template=None)
    assert """\
  FAIL 0   TDM103  private_driver_only_in_run

TDM103 driver != NONE
  at the start: phase=BOOT tdi=CONFIG_UNLOCKED driver=NONE accepted=no
                retries=0
  in full: tdispmodel trace status_quo TDM103
""" in render(Report((Result("status_quo", system, violated(asked, run(system))),)))


def test_a_vacuous_property_names_its_premise() -> None:
    """What is never reached is said, so that the author sees which premise is dead."""
    report = Report((Result("status_quo", driver_system(), holds(ONLY_IN_RUN, vacuous=True)),))
    assert """\
  vac      TDM103  private_driver_only_in_run
                   its premise is never reached: driver = OPERATING
""" in render(report)


def test_no_trace_is_shown_twice() -> None:
    """Where several properties fail by the same behaviour, the second refers to the first."""
    system = driver_system()
    trace = run(system, STORY[3])
    both = (violated(BINDS_IN_RUN, trace), violated(ONLY_IN_RUN, trace))
    assert """\
TDM101 Whoever binds the operating driver, the TDI is in RUN.
   1  kernel   attach_on_arrival  driver NONE -> OPERATING
  in full: tdispmodel trace status_quo TDM101

TDM103 The operating driver is bound only while the TDI is in RUN.
  by the same steps as TDM101
  in full: tdispmodel trace status_quo TDM103
""" in render(Report(tuple(Result("status_quo", system, verdict) for verdict in both)))


def test_several_proposals_are_counted_together() -> None:
    """With several proposals the last line counts verdicts, each proposal has its block in the order asked."""
    system = driver_system()
    results = [Result(name, system, holds(CAN_RUN)) for name in ("status_quo", "device_filter")]
    assert """\
status_quo: 1 device

  ok       TDM501  trusted_driver_can_run

device_filter: 1 device

  ok       TDM501  trusted_driver_can_run

2 proposals, 2 verdicts: 2 hold, 0 violated, 0 open (0.02 s)
""" == render(Report(tuple(results)))


def test_nothing_checked_is_said() -> None:
    """A report without results never looks like a success."""
    assert "nothing was checked: no property was asked\n" == render(Report())
    left = Skipped("device_filter", "x", "TDM110", "no variable Guest.topology")
    assert """\
device_filter: no property is applicable

nothing was checked: no property is applicable
""" == render(Report(skipped=(left,)))


def test_an_open_verdict_without_a_reason_says_so() -> None:
    """Open is never silent."""
    verdict = Verdict(CAN_RUN, Answer.OPEN, "pdr")
    assert "pdr: no reason was given\n" in render(Report((Result("status_quo", driver_system(), verdict),)))


def test_complaints_are_all_that_is_shown() -> None:
    """With complaints there are no verdicts; the line is shown with a caret under the place, then the remedy."""
    wrong = Complaint(
        "E201",
        "there is no name Tdi.RUNNING",
        Place("mine.py", 3, 25),
        "did you mean Tdi.RUN?",
        "    return x is Tdi.RUNNING",
    )
    report = replace(sample_report(), complaints=(wrong,))
    assert """\
mine.py:3:25: E201: there is no name Tdi.RUNNING
    return x is Tdi.RUNNING
                        ^
  hint: did you mean Tdi.RUN?
""" == render(report)


def test_the_caret_stays_under_its_place_in_long_and_foreign_lines() -> None:
    """A line too wide for a mail is cut around the caret, a foreign character takes one column."""
    place = Place("mine.py", 1, 151)
    shown = complaints([Complaint("E201", "wrong", place, "", "x" * 150 + "!" + "y" * 100)]).splitlines()
    assert shown[1][shown[2].index("^")] == "!"
    assert max(len(line) for line in shown) <= 72
    shown = complaints([Complaint("E201", "wrong", Place("mine.py", 1, 6), "", '"ä€ü"!')]).splitlines()
    assert ['    "???"!', "         ^"] == shown[1:]
