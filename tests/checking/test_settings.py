"""Constants, capabilities, amounts: the words of the command line against a model."""

from __future__ import annotations

import pytest

from tdispmodel.checking import settings
from tdispmodel.checking.constants import chosen
from tdispmodel.ir.expressions import BOOLEAN, Actor, Bounded, Enumeration, Fairness, Value
from tdispmodel.ir.model import Action, Component, Constant, Model
from tdispmodel.source import Complaint, Rejected

KERNEL = Enumeration("Kernel", ("BEFORE_6_19", "SINCE_6_19"))
MODEL = Model(
    "small",
    "Guest",
    (
        Component(
            "Guest",
            ("Guest",),
            actions=(
                Action("error", "Guest", Actor.HOST, fairness=Fairness.NONE),
                Action("hot_reset", "Guest", Actor.HOST, fairness=Fairness.NONE),
                Action("bind", "Guest", Actor.KERNEL, fairness=Fairness.WEAK),
            ),
        ),
    ),
    constants=(
        Constant("kernel", KERNEL, "SINCE_6_19"),
        Constant("careful", BOOLEAN, True),
        Constant("retries", Bounded(0, 3), 1),
        Constant("decided", BOOLEAN, False, fixed=True),
    ),
)


def complaint_of(rejected: pytest.ExceptionInfo[Rejected]) -> Complaint:
    """The only complaint; it stands on the command line."""
    (complaint,) = rejected.value.complaints
    assert complaint.place.path == "<command line>"
    return complaint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("kernel=BEFORE_6_19", "BEFORE_6_19"),
        ("kernel=Kernel.BEFORE_6_19", "BEFORE_6_19"),
        (" kernel = SINCE_6_19 ", "SINCE_6_19"),
        ("careful=False", False),
        ("careful=true", True),
        ("retries=3", 3),
        ("retries=0", 0),
    ],
)
def test_value_by_sort(text: str, value: Value) -> None:
    """A value is read as the constant's sort says."""
    number, found = chosen(MODEL, settings.settings([text]))
    (read,) = found.values()
    assert number == 1
    assert (type(value), value) == (type(read), read)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("kernal=BEFORE_6_19", "E615", "did you mean kernel?"),
        ("kernel=BEFORE_6_18", "E616", "did you mean BEFORE_6_19?"),
        ("kernel=Driver.BEFORE_6_19", "E616", "did you mean BEFORE_6_19?"),
        ("careful=1", "E616", "there is: False, True"),
        ("retries=4", "E616", "retries is an int 0..3"),
        ("retries=True", "E616", "retries is an int 0..3"),
        ("retries=٣", "E616", "retries is an int 0..3"),
        ("decided=True", "E617", "leave out --set decided"),
        ("decided=False", "E617", "leave out --set decided"),
        ("kernel", "E610", "write --set NAME=VALUE"),
        ("=1", "E610", "write --set NAME=VALUE"),
        ("kernel=", "E610", "write --set NAME=VALUE"),
    ],
)
def test_wrong_settings(text: str, code: str, hint: str) -> None:
    """A setting that does not fit the model is a complaint that says what would."""
    with pytest.raises(Rejected) as rejected:
        chosen(MODEL, settings.settings([text]))
    complaint = complaint_of(rejected)
    assert (code, hint) == (complaint.code, complaint.hint)


def test_set_twice() -> None:
    """One constant cannot be given two values."""
    with pytest.raises(Rejected) as rejected:
        settings.settings(["retries=1", "retries=2"])
    assert complaint_of(rejected).code == "E610"


@pytest.mark.parametrize("number", [1, 16])
def test_number_of_devices(number: int) -> None:
    """1 to 16 devices can be checked."""
    assert number == settings.devices(number)


@pytest.mark.parametrize("number", [-1, 0, 17, 10**9])
def test_wrong_number_of_devices(number: int) -> None:
    """Other numbers of devices are complaints."""
    with pytest.raises(Rejected) as rejected:
        settings.devices(number)
    assert complaint_of(rejected).code == "E614"


def test_without() -> None:
    """Capabilities are named by actor and action, each once, in alphabetical order."""
    assert ("host.error", "host.hot_reset") == settings.without([MODEL], ["host.hot_reset", "host.error", "host.error"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("host.eror", "did you mean host.error?"),
        ("kernel.bnd", "did you mean kernel.bind?"),
        ("zzz", "there is: host.error, host.hot_reset"),
    ],
)
def test_unknown_capability(name: str, hint: str) -> None:
    """A capability that no action has is a complaint that names the nearest one, or those of the host."""
    with pytest.raises(Rejected) as rejected:
        settings.without([MODEL], [name])
    complaint = complaint_of(rejected)
    assert ("E618", hint) == (complaint.code, complaint.hint)


def test_capability_of_another_actor() -> None:
    """An action of the name is not enough: the actor must be its own."""
    with pytest.raises(Rejected) as rejected:
        settings.without([MODEL], ["kernel.error"])
    assert complaint_of(rejected).code == "E618"


def test_capabilities_of_the_host() -> None:
    """The capabilities that are listed are the host's actions."""
    assert ["host.error", "host.hot_reset"] == settings.capabilities([MODEL], actor=Actor.HOST)


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60.0), ("5m", 300.0), ("1h", 3600.0), ("2.5", 2.5), ("250ms", 0.25)]
)
def test_duration(text: str, seconds: float) -> None:
    """A duration is a number with its unit, seconds without one."""
    assert seconds == settings.duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("2G", 2 << 30), ("500M", 500 << 20), ("1048576", 1 << 20), ("1GiB", 1 << 30)]
)
def test_size(text: str, size: int) -> None:
    """A size is a number with its unit, bytes without one."""
    assert size == settings.size(text)


@pytest.mark.parametrize("text", ["", "0", "-1s", "soon", "1e9", "nan", "5 parsecs", "9" * 5000])
def test_no_amount(text: str) -> None:
    """What is no positive amount is a complaint, for time and for memory."""
    for read in (settings.duration, settings.size):
        with pytest.raises(Rejected) as rejected:
            read(text)
        assert complaint_of(rejected).code == "E610"
