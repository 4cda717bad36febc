"""Names and formulas as a reader wants them."""

from __future__ import annotations

from tdispmodel.ir.expressions import BOOLEAN, Actor, Not, Took
from tdispmodel.ir.system import System, SystemVariable
from tdispmodel.reports.naming import Names
from tests.reports.samples import action, driver_system


def test_with_one_device_its_name_is_left_out() -> None:
    """``devices[0]`` goes from variables and actions, and what was left out can be said."""
    names = Names(driver_system(1))
    assert ("tdi", "phase", "lock", "devices[0]") == (
        names.variable("devices[0].tdi"),
        names.variable("phase"),
        names.action("lock(devices[0])"),
        names.left_out,
    )


def test_with_two_devices_names_are_whole() -> None:
    """Nothing is left out where two devices could be meant."""
    names = Names(driver_system(2))
    assert ("devices[0].tdi", "lock(devices[1])", "") == (
        names.variable("devices[0].tdi"),
        names.action("lock(devices[1])"),
        names.left_out,
    )


def test_names_stay_distinct() -> None:
    """Where a short name would mean two variables, all names stay whole."""
    variables = tuple(SystemVariable(name, BOOLEAN, (False,)) for name in ("ready", "devices[0].ready"))
    names = Names(System("x", variables, ()))
    assert ("ready", "devices[0].ready", "") == (
        names.variable("ready"),
        names.variable("devices[0].ready"),
        names.left_out,
    )


def test_steps_are_named_by_what_they_share() -> None:
    """All of an actor's actions are its steps, all instances of an action are called by its name."""
    names = Names(driver_system(2))
    host = frozenset({"error(devices[0])", "error(devices[1])"})
    locks = frozenset({"lock(devices[0])", "lock(devices[1])"})
    assert "step by host" == names.formula(Took(host))
    assert "step not by host" == names.formula(Not(Took(host)))
    assert "step is any lock" == names.formula(Took(locks))
    assert "step is lock(devices[0])" == names.formula(Took(frozenset({"lock(devices[0])"})))
    assert "step in {any lock, start_initrd}" == names.formula(Took(locks | {"start_initrd"}))
    assert "step in {any lock, any step of host}" == names.formula(Took(locks | host))


def test_who_acts() -> None:
    """Actors have their English names; an action that the system has not is nobody's."""
    names = Names(System("x", (), (action("approve", Actor.RELYING_PARTY),)))
    assert ("relying party", "?") == (names.who("approve"), names.who("ghost"))
