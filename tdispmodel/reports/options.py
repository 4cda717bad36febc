"""How a report is wanted, and the words that every renderer shares.

Given what the command line knows and a verdict does not: the constants' defaults, how talkative to be, how long it
took.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Result, Verdict, Witness

if TYPE_CHECKING:
    from tdispmodel.reports.why.refusals import Asked

Defaults = Mapping[str, Mapping[str, Value]]
"""For each proposal the value that each constant has when nobody sets it."""

EACH = re.compile(r"(?<=\w)\[[0-9]+\](?=\.)")
"""The index in ``devices[0].kind``."""


@dataclass(frozen=True)
class Options:
    """What a renderer may be told.

    ``verbose`` adds engines, certificates and skipped properties; ``full`` shows all variables of a trace's first
    state; ``no_vacuous`` counts a vacuous property as a failure; ``seconds`` is the time of the whole run (without it
    the verdicts' own times are added up).  A constant of a proposal that ``defaults`` does not know is always shown.
    ``why_not`` asks about one behaviour, which is then the only one.
    """

    verbose: bool = False
    full: bool = False
    no_vacuous: bool = False
    seconds: float | None = None
    defaults: Defaults = field(default_factory=lambda: MappingProxyType({}))
    paths: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tool: str = "tdispmodel"
    kills: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    """By proposal and property: how many mutants it notices, of those that differ where it is asked."""
    why_not: tuple[Asked, ...] = ()


def word(verdict: Verdict) -> str:
    """Return the short word for a verdict: ``ok``, ``vac``, ``FAIL 10``, ``FAIL lasso``, ``FAIL`` or ``open``."""
    match verdict.answer:
        case Answer.OPEN:
            return "open"
        case Answer.HOLDS:
            return "vac" if verdict.vacuous else "ok"
        case Answer.VIOLATED:
            if verdict.trace is None:
                return "FAIL"
            return "FAIL lasso" if verdict.trace.loop is not None else f"FAIL {len(verdict.trace)}"


def value_text(value: Value) -> str:
    """Return a value as reports write it: ``yes`` and ``no`` for truth values, members and integers as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def title(question: SystemProperty) -> str:
    """Return code and name of a property; the code may be missing."""
    return f"{question.code} {question.name}".strip()


def in_words(constants: Iterable[tuple[str, Value]]) -> dict[str, str]:
    """Return constants in words of ``--set``, those of the instances of a part together: ``devices.kind``, with
    ``TDISP,PLAIN``, or with ``PLAIN`` if all have the same value.
    """
    found: dict[str, list[str]] = {}
    for name, value in constants:
        found.setdefault(EACH.sub("", name), []).append(str(value))
    return {name: values[0] if len(set(values)) == 1 else ",".join(values) for name, values in found.items()}


def changed_constants(result: Result, options: Options) -> dict[str, str]:
    """Return the constants that differ from the proposal's defaults (all of them where those are not known), in words;
    those of the instances of a part as soon as one of them differs.
    """
    violated = result.verdict.answer is Answer.VIOLATED
    return _changed(result, result.system.constants if violated else asked_with(result), options)


def _changed(result: Result, constants: Sequence[tuple[str, Value]], options: Options) -> dict[str, str]:
    defaults = options.defaults.get(result.proposal, {})
    changed = {EACH.sub("", name) for name, value in constants if name not in defaults or defaults[name] != value}
    return {name: words for name, words in in_words(constants).items() if name in changed}


def assumptions(result: Result, options: Options) -> str:
    """Return what was assumed apart from the defaults: ``kernel=BEFORE_6_19 without host.error``; often nothing."""
    parts = [f"{name}={words}" for name, words in _changed(result, asked_with(result), options).items()]
    if result.system.without:
        parts.append(f"without {', '.join(result.system.without)}")
    return " ".join(parts)


def under(assumed: str) -> str:
    """Return assumptions as they follow a sentence: ``with kernel=BEFORE_6_19``, ``without host.error``."""
    return assumed if assumed.startswith("without ") else f"with {assumed}"


def devices_text(system: System) -> str:
    """Return ``1 device`` or ``2 devices``."""
    return number_text(system.devices)


def number_text(devices: int) -> str:
    """Return ``1 device`` or ``2 devices``."""
    return f"{devices} device" if devices == 1 else f"{devices} devices"


def asked_with(result: Result) -> tuple[tuple[str, Value], ...]:
    """Return the constants that a question was asked with; of any number of devices those of one of each kind."""
    return result.system.constants if result.any_number is None else result.any_number.constants


def asked_of(result: Result) -> str:
    """Return of how many devices a question was asked: ``2 devices``, ``any number of devices``."""
    return "any number of devices" if result.any_number is not None else devices_text(result.system)


def least_number(result: Result) -> str:
    """Return with how many devices a property is violated that was asked of any number, and with how many it holds."""
    if result.any_number is None or result.verdict.answer is not Answer.VIOLATED:
        return ""
    needed, known = result.system.devices, result.any_number.holds_up_to
    said = f"violated with {devices_text(result.system)}"
    if known:
        said += f", holds with 1{'' if known == 1 else f' to {known}'}"
    if known < needed - 1:
        said += f", not decided with {known + 1}"
    asked = in_words(result.any_number.constants)
    kinds = [f"{name}={words}" for name, words in in_words(result.system.constants).items() if words != asked.get(name)]
    return f"{said} ({', '.join(kinds)})" if kinds else said


def again(result: Result, options: Options) -> list[str]:
    """Return the words of the command that shows the whole trace of ``result``, or asks again where there is none."""
    question = result.verdict.property
    wanted = question.code or question.name
    proposal = options.paths.get(result.proposal, result.proposal)
    verb = ["trace", proposal, wanted] if shows_trace(result) else ["check", proposal, "-k", wanted]
    words = [options.tool, *verb]
    if result.any_number is not None and result.verdict.answer is not Answer.VIOLATED:
        words.append("--any-number")
    elif result.system.devices != 1:
        words += ["--devices", str(result.system.devices)]
    given = {name for name, _ in question.template.given} if question.template else set()
    for name, value in changed_constants(result, options).items():
        if name not in given:  # those the property sets itself
            words += ["--set", f"{name}={value}"]
    for capability in result.system.without:
        words += ["--without", capability]
    return words


def shows_trace(result: Result) -> bool:
    """Whether the verdict comes with a behaviour."""
    return result.verdict.trace is not None or isinstance(result.verdict.certificate, Witness)


def unanswered(verdict: Verdict) -> str:
    """Return why a verdict is open: the engine, how far it came, and its reason."""
    bound = f"no violation within {verdict.bound} steps" if verdict.bound is not None else ""
    told = "; ".join(part for part in (bound, verdict.reason) if part) or "no reason was given"
    return f"{verdict.engine}: {told}" if verdict.engine else told


def sentence(question: SystemProperty) -> str:
    """Return what the property says in words, empty when its author said nothing."""
    return first_paragraph(question.template.text) if question.template else ""


def first_paragraph(text: str) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join(text.strip().split("\n\n")[0].split())


def endless(kind: Kind) -> bool:
    """Whether counterexamples of this kind never end."""
    return kind in (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
