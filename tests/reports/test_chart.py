"""Message sequence charts as exact text."""

from __future__ import annotations

from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.system import System, SystemVariable
from tdispmodel.reports.chart import chart
from tdispmodel.verdict import Result
from tests.reports.samples import (
    CAN_RUN,
    ENDLESS,
    ONLY_IN_RUN,
    PHASE,
    STORY,
    action,
    driver_system,
    holds,
    run,
    violated,
)


def test_a_chart_has_a_lane_for_each_actor_that_takes_part() -> None:
    """Arrows run from who acts to whom it is addressed; an action without a target is a mark on its own lane."""
    system = driver_system()
    assert """\
          userspace        kernel            TDI            host
   1          * start_initrd  |               |               |
   2          |------------ lock ------------>|               |
   3          |--- accept --->|               |               |
   4          |               * attach_on_arrival             |
   5          |               |               |<--- error ----|
""" == chart(Result("status_quo", system, violated(ONLY_IN_RUN, run(system, *STORY))))


def test_a_name_too_long_for_its_arrow_stands_above_it() -> None:
    """No name is cut to fit between two lanes."""
    system = driver_system(2)
    names = ("accept(devices[1])", "error(devices[0])")
    assert """\
          userspace        kernel            TDI            host
   1          | accept(devices[1])            |               |
              |-------------->|               |               |
   2          |               |               | error(devices[0])
              |               |               |<--------------|
""" == chart(Result("status_quo", system, violated(ONLY_IN_RUN, run(system, *names))))


def test_a_loop_is_marked() -> None:
    """The step whose state the loop returns to is marked, and the last line says where it goes back to."""
    system = driver_system()
    trace = run(system, STORY[0], *["retry_deferred(devices[0])"] * 2, loop=2)
    assert """\
          userspace        kernel
   1          * start_initrd  |
   2          |               * retry_deferred      <== loop starts here
   3          |               * retry_deferred
      back to 2
""" == chart(Result("status_quo", system, violated(ENDLESS, trace)))


def test_six_actors_fit() -> None:
    """All six lanes fit side by side, and an arrow may cross them all."""
    actors = list(Actor)
    system = System(
        "all",
        (SystemVariable("phase", PHASE, ("BOOT",)),),
        (
            *(action(f"a{number}", actor) for number, actor in enumerate(actors)),
            action("far", Actor.RELYING_PARTY, target=Actor.ENVIRONMENT),
        ),
    )
    trace = run(system, *(f"a{number}" for number in range(6)), "far")
    assert """\
      rel. party  userspace   kernel       TDI       host     environm.
   1       |          |          |          * a0       |          |
   2       |          |          * a1       |          |          |
   3       |          * a2       |          |          |          |
   4       * a3       |          |          |          |          |
   5       |          |          |          |          * a4       |
   6       |          |          |          |          |          * a5
   7       |------------------------ far ------------------------>|
""" == chart(Result("all", system, violated(ONLY_IN_RUN, trace)))


def test_without_a_step_there_is_no_chart() -> None:
    """A verdict without a behaviour, or with one that does nothing, has no chart."""
    system = driver_system()
    assert chart(Result("status_quo", system, holds(CAN_RUN))) == ""
    assert chart(Result("status_quo", system, violated(ONLY_IN_RUN, run(system)))) == ""
