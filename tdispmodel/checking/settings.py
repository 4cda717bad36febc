"""The words of the command line as values: amounts, values of constants, capabilities, numbers of devices.

Given words, and a model where they are about one; gives typed values, or complaints that name what exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tdispmodel.checking.mistakes import (
    BAD_DEVICES,
    BAD_VALUE,
    UNKNOWN_CAPABILITY,
    USAGE,
    mistake,
    shortened,
)
from tdispmodel.ir.expressions import Actor, Boolean, Bounded, Enumeration, Sort, Value, belongs
from tdispmodel.ir.model import Constant, Model
from tdispmodel.source import did_you_mean

MAXIMUM_DEVICES = 16
BYTES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def devices(number: int, said: str = "") -> int:
    """Return ``number`` if a check can have so many devices; raises `Rejected`, naming what ``said`` so, otherwise."""
    if not 1 <= number <= MAXIMUM_DEVICES:
        where = said or f"--devices {number}"
        raise mistake(BAD_DEVICES, f"{where}: the number must be 1 to {MAXIMUM_DEVICES}, not {number}")
    return number


def duration(text: str) -> float:
    """Return the seconds that ``60s``, ``5m``, ``1h`` or ``2.5`` means; raises `Rejected` when it means nothing."""
    return _amount("--timeout", text, SECONDS, "write 60s, 5m or 1h")


def size(text: str) -> int:
    """Return the bytes that ``2G``, ``500M`` or ``1048576`` means; raises `Rejected` when it means nothing."""
    return int(_amount("--memory", text.lower().removesuffix("b").removesuffix("i"), BYTES, "write 500M or 2G"))


def _amount(option: str, text: str, units: Mapping[str, float], hint: str) -> float:
    found = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([a-z]*)\s*", text.lower())
    if found is None or found[2] not in units or float(found[1]) == 0:
        raise mistake(USAGE, f"{option} {shortened(text)!r} is no positive amount", hint)
    return float(found[1]) * units[found[2]]


def settings(texts: Iterable[str]) -> dict[str, str]:
    """Return what each ``NAME=VALUE`` sets.  Raises `Rejected` for one without a name and for one set twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise mistake(USAGE, f"--set {shortened(text)!r} sets nothing", "write --set NAME=VALUE")
        if found.get(name, value) != value:
            raise mistake(USAGE, f"--set {name} is given twice, as {found[name]} and as {shortened(value)}")
        found[name] = value
    return found


def value_of(constant: Constant, text: str) -> Value:
    """Return the value of ``constant`` that ``text`` writes; raises `Rejected` when it writes none."""
    value = parsed(constant.sort, text)
    if value is None or not belongs(value, constant.sort):
        names = [str(known) for known in constant.sort.values] if not isinstance(constant.sort, Bounded) else []
        hint = did_you_mean(text.rpartition(".")[2], names) if names else f"{constant.name} is an {constant.sort}"
        raise mistake(BAD_VALUE, f"{shortened(text)} is no value of the constant {constant.name}", hint)
    return value


def parsed(sort: Sort, text: str) -> Value | None:
    """Return the value that ``text`` writes if it has the form of ``sort``, else None."""
    match sort:
        case Boolean():
            return {"true": True, "false": False}.get(text.lower())
        case Enumeration(name, _):
            return text.removeprefix(f"{name}.")
        case Bounded():
            return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def capabilities(models: Iterable[Model], *, actor: Actor | None = None) -> list[str]:
    """Return the ``actor.action`` names of these models, sorted; only those of ``actor`` if one is named."""
    return sorted(
        {
            f"{action.actor.value}.{action.name}"
            for model in models
            for component in model.components
            for action in component.actions
            if actor is None or action.actor is actor
        }
    )


def without(models: Iterable[Model], names: Iterable[str]) -> tuple[str, ...]:
    """Return the capabilities to switch off, sorted, each once.

    Raises `Rejected` when none of ``models`` (the proposal, then its base) has an action of that actor and name, and
    when the proposal gives what the base has to another actor: switching it off there would change nothing.
    """
    models = tuple(models)
    known, own = capabilities(models), capabilities(models[:1])
    wanted = sorted(set(names))
    for name in wanted:
        if name not in known:
            of_the_host = [one for one in known if one.startswith(f"{Actor.HOST.value}.")]
            near = did_you_mean(name, known)
            hint = near if near.startswith("did you mean") else did_you_mean(name, of_the_host)
            raise mistake(UNKNOWN_CAPABILITY, f"there is no capability {shortened(name)}", hint)
        action = name.partition(".")[2]
        others = [one for one in own if one.partition(".")[2] == action]
        if others and name not in own:
            message = f"{models[0].name} gives {action} to another actor: there is no capability {shortened(name)}"
            raise mistake(UNKNOWN_CAPABILITY, message, f"write: --without {' --without '.join(others)}")
    return tuple(wanted)
