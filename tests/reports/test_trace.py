"""Whole counterexamples as exact text."""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import TRUE, And, Or
from tdispmodel.ir.model import Kind
from tdispmodel.reports.options import Options
from tdispmodel.reports.trace import render
from tdispmodel.verdict import Answer, Result, Space, Verdict, Witness
from tests.reports.samples import (
    BINDS_IN_RUN,
    CAN_RUN,
    DRIVER,
    ENDLESS,
    GETS_DRIVER,
    ONLY_IN_RUN,
    RUN_STAYS,
    STORY,
    TDI,
    driver_system,
    holds,
    is_,
    question,
    read,
    run,
    violated,
)


def test_an_invariant_is_told_as_a_story() -> None:
    """Steps show only changes, each action speaks its own words once with its source, the last step is marked.

    No action of this system has a guard, so of the five steps only the two that the formula reads are needed.
    """
    system = driver_system()
    assert """\
TDM103 private_driver_only_in_run: VIOLATED, 5 steps, shortest
  in status_quo, 1 device, found by explicit,
  devices[0] left out of names
  The operating driver is bound only while the TDI is in RUN.

   #  who        action             change
   0  (start)    phase=BOOT tdi=CONFIG_UNLOCKED driver=NONE accepted=no
   1  userspace  start_initrd       phase BOOT -> INITRD
      The initrd takes over. [init/main.c]
   2  userspace  lock               tdi CONFIG_UNLOCKED -> CONFIG_LOCKED
      Userspace writes to tsm/lock; the TSM sends
      LOCK_INTERFACE_REQUEST. [drivers/pci/tsm.c; TDISP 11.3.8]
   3  userspace  accept             tdi CONFIG_LOCKED -> RUN,
                                    accepted no -> yes
      Userspace accepts the device. (replaced by the proposal)
   4  kernel     attach_on_arrival  driver NONE -> OPERATING
      The PCI core attaches a matching driver as soon as the device is
      there. [pci_bus_add_device()]
   5  host       error              tdi RUN -> ERROR            <== here

  wanted:  always driver = OPERATING implies tdi = RUN
  false:   driver = OPERATING: yes; tdi = RUN: no (tdi=ERROR)
  needed:  4  driver=OPERATING breaks it
           5  tdi=ERROR breaks it
           (nothing needs steps 1, 2, 3)
  again:   tdispmodel trace status_quo TDM103
""" == render(Result("status_quo", system, violated(ONLY_IN_RUN, run(system, *STORY))))


def test_a_step_is_explained_by_before_and_after() -> None:
    """A step property shows values before and after the step, and says what the prime means."""
    system = driver_system()
    text = render(Result("status_quo", system, violated(BINDS_IN_RUN, run(system, STORY[3]))))
    assert (
        """\
  wanted:  at every step driver = NONE and driver' = OPERATING implies
           tdi = RUN
           (a prime marks the value after the step)
  false:   driver = NONE: yes; driver' = OPERATING: yes;
           tdi = RUN: no (tdi=CONFIG_UNLOCKED)
  needed:  1  driver=OPERATING breaks it
  again:   tdispmodel trace status_quo TDM101
"""
        in text
    )


def test_full_shows_every_variable_of_the_start() -> None:
    """By default a variable that nobody changes or reads is left out; with full it is there."""
    system = driver_system()
    result = Result("status_quo", system, violated(ONLY_IN_RUN, run(system, STORY[3])))
    assert "   0  (start)  tdi=CONFIG_UNLOCKED driver=NONE\n" in render(result)
    assert """\
   0  (start)  phase=BOOT tdi=CONFIG_UNLOCKED driver=NONE accepted=no
               retries=0
""" in render(result, Options(full=True))


def test_a_lasso_marks_its_loop() -> None:
    """The state to which the loop returns is marked, and the steps that repeat are counted."""
    system = driver_system()
    trace = run(system, STORY[0], *["retry_deferred(devices[0])"] * 3, loop=2)
    assert """\
TDM402 deferral_is_not_endless: VIOLATED, 4 steps, lasso
  in status_quo, 1 device, found by explicit,
  devices[0] left out of names
  No device is retried for ever.

   #  who        action          change
   0  (start)    phase=BOOT retries=0
   1  userspace  start_initrd    phase BOOT -> INITRD
      The initrd takes over. [init/main.c]
   2  kernel     retry_deferred  retries 0 -> 1     <== loop starts here
   3  kernel     retry_deferred  (nothing changes)
   4  kernel     retry_deferred  (nothing changes)
      back to 2: 3 to 4 repeat for ever

  wanted:  not again and again for ever: step is retry_deferred
  false:   it happens in every round of the loop, at step 3, 4
           step is retry_deferred: yes
  needed:  2  retries=1 keeps the loop
           3  goes on
           4  goes on
           (nothing needs step 1)
  again:   tdispmodel trace status_quo TDM402
""" == render(Result("status_quo", system, violated(ENDLESS, trace)))


def test_a_lasso_that_stutters() -> None:
    """A behaviour that ends in a state where nobody has to move stays there, and the goal is waited for in vain."""
    system = driver_system()
    trace = run(system, STORY[1], STORY[0], loop=2)
    assert """\
   2  userspace  start_initrd  phase BOOT -> INITRD
                                                 <== stays here for ever
      The initrd takes over. [init/main.c]
      from 2 on nobody has to move

  wanted:  whenever phase = INITRD, later driver = OPERATING
  false:   it never comes after step 2
""" in render(Result("status_quo", system, violated(GETS_DRIVER, trace)))


def test_a_lasso_without_a_step() -> None:
    """Staying in the start state for ever is shown there, and so is what is waited for."""
    system = driver_system()
    asked = replace(GETS_DRIVER, after=TRUE)
    assert """\
   0  (start)  driver=NONE                       <== stays here for ever
      from 0 on nobody has to move

  wanted:  at all times, later driver = OPERATING
  false:   it never comes from the start
""" in render(Result("status_quo", system, violated(asked, run(system, loop=0))))


def test_a_loop_over_the_start() -> None:
    """A loop back to the start state is marked there; variables that neither change nor matter are not shown."""
    system = driver_system()
    trace = run(system, "retry_deferred(devices[0])", loop=0, start=run(system, "retry_deferred(devices[0])").states[1])
    assert """\
   0  (start)                                       <== loop starts here
   1  kernel   retry_deferred  (nothing changes)
      back to 0: step 1 repeats for ever
""" in render(Result("status_quo", system, violated(ENDLESS, trace)))


def test_what_is_lost_is_said() -> None:
    """A violated stays-possible ends where the goal is lost."""
    system = driver_system()
    assert """\
   2  host       error         tdi CONFIG_UNLOCKED -> ERROR     <== here

  wanted:  while phase = INITRD, it stays possible that tdi = RUN
  false:   after step 2 no moves of ours lead there any more
""" in render(Result("status_quo", system, violated(RUN_STAYS, run(system, STORY[0], STORY[4]))))


def test_a_witness_is_shown_as_one() -> None:
    """What must be possible and is comes with the behaviour that shows it, without marks of a violation."""
    system = driver_system()
    text = render(Result("status_quo", system, holds(CAN_RUN, Witness(run(system, STORY[2], STORY[3])))))
    assert "TDM501 trusted_driver_can_run: holds, witness of 2 steps\n" in text
    assert "<== here" not in text
    assert "  shown:   some behaviour without the host with driver = OPERATING and\n           tdi = RUN\n" in text


def test_without_a_trace_the_reason_is_said() -> None:
    """Never possible, proved and open verdicts have no trace and say so."""
    system = driver_system()
    never = render(Result("status_quo", system, violated(CAN_RUN, None, Space(12, 30, 4))))
    assert (
        """\
TDM501 trusted_driver_can_run: VIOLATED (never possible)
  in status_quo, 1 device, asked of explicit,
  devices[0] left out of names
  The operating driver can run in RUN.

  No behaviour without the host has driver = OPERATING and tdi = RUN;
  all 12 states were searched.
  again:   tdispmodel check status_quo -k TDM501
"""
        == never
    )
    proved = render(Result("status_quo", system, holds(ONLY_IN_RUN)))
    assert "  There is no counterexample: the property holds.\n" in proved
    unknown = render(Result("status_quo", system, Verdict(ONLY_IN_RUN, Answer.OPEN, "bmc", "out of time", bound=7)))
    assert "  No answer. bmc: no violation within 7 steps; out of time\n" in unknown


def test_two_devices_keep_their_names() -> None:
    """With two devices names are whole; an action that is too long for its column has a line of its own."""
    system = driver_system(2)
    text = render(Result("status_quo", system, violated(ONLY_IN_RUN, run(system, STORY[1], STORY[3]))))
    assert (
        """\
  in status_quo, 2 devices, found by explicit
"""
        in text
    )
    assert (
        """\
   1  userspace  lock(devices[0])
                         devices[0].tdi CONFIG_UNLOCKED -> CONFIG_LOCKED
"""
        in text
    )
    assert (
        """\
  false:   devices[0].driver = OPERATING: yes;
           devices[0].tdi = RUN: no (devices[0].tdi=CONFIG_LOCKED)
"""
        in text
    )


def test_only_the_broken_part_of_a_conjunction_is_explained() -> None:
    """A property about all devices shows the part that is false, and that it is one of several."""
    system = driver_system(2)
    asked = question(
        "nobody_is_in_error",
        "TDM199",
        Kind.INVARIANT,
        And((is_("devices[0].driver", DRIVER, "NONE"), is_("devices[1].driver", DRIVER, "NONE"))),
    )
    text = render(Result("status_quo", system, violated(asked, run(system, "attach_on_arrival(devices[1])"))))
    assert (
        """\
  wanted:  always devices[1].driver = NONE
           (one of 2 parts)
  false:   devices[1].driver = NONE: no (devices[1].driver=OPERATING)
"""
        in text
    )


def test_truth_values_speak_for_themselves() -> None:
    """A part that is a truth value is not followed by its own value again."""
    system = driver_system()
    asked = question(
        "x", "TDM198", Kind.INVARIANT, Or((read("devices[0].accepted"), is_("devices[0].tdi", TDI, "RUN")))
    )
    text = render(Result("status_quo", system, violated(asked, run(system))))
    assert "  false:   accepted: no; tdi = RUN: no (tdi=CONFIG_UNLOCKED)\n" in text
