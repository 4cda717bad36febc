"""What ``adversary`` prints: which capabilities of the host break a property, and which cannot.

Given an `Adversary`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.options import Options, again, assumptions, devices_text, sentence, title, under, word
from tdispmodel.reports.plain import WIDTH, beside, command, joined, packed, paragraph
from tdispmodel.reports.trace import trace_of
from tdispmodel.verdict import Result

SCHEMA = "tdispmodel/adversary/1"
INDENT = "  "
SHOWN = 20


@dataclass(frozen=True)
class Breaking:
    """Capabilities with which the property is violated; ``sure``: it holds when any one of them is switched off.

    ``result`` is the verdict with exactly these switched on (then ``shortest``: no counterexample with these is
    shorter, as far as its kind allows to say so), or one with more of them whose counterexample uses no others.
    """

    capabilities: tuple[str, ...]
    sure: bool
    result: Result
    shortest: bool


@dataclass(frozen=True)
class Unbreaking:
    """Capabilities with which the property holds; ``sure``: with any further one it is violated."""

    capabilities: tuple[str, ...]
    sure: bool


@dataclass(frozen=True)
class Adversary:
    """What the host needs to break a property.

    ``everything`` is the verdict with all ``capabilities`` switched on; ``promised`` are those that fairness or repair
    relies on, so they always are.  ``undecided`` are sets about which no engine could say enough (``reason``),
    ``complete`` whether the search came to its end, ``asked`` for how many sets a verdict was asked.
    """

    everything: Result
    capabilities: tuple[str, ...]
    promised: tuple[str, ...]
    breaking: tuple[Breaking, ...]
    unbreaking: tuple[Unbreaking, ...]
    undecided: tuple[tuple[str, ...], ...]
    reason: str
    complete: bool
    asked: int
    interrupted: bool = False

    @property
    def exit(self) -> Exit:
        """1 when some capabilities break the property, 3 when that is open, 0 when none can; 130 when interrupted."""
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.breaking:
            return Exit.VIOLATED
        return Exit.OPEN if self.undecided or not self.complete else Exit.HOLDS


def render(found: Adversary, options: Options) -> str:
    """Return the text."""
    lines = [*_heading(found, options), ""]
    if any(not one.capabilities for one in found.breaking):
        lines += _with_nothing(found, options)
    elif found.exit is Exit.HOLDS:
        lines += paragraph(
            f"{word(found.everything.verdict)}: no set of capabilities breaks it; it holds with all of them."
        )
        if found.everything.verdict.property.kind is Kind.MUST_BE_POSSIBLE:
            lines += paragraph("What must be possible is asked without the host, so no capability matters.")
    else:
        lines += [*_breaking(found, options), *_unbreaking(found)]
    lines = [*(lines if lines[-1] else lines[:-1]), *_undecided(found)]
    asked = f"{found.asked} of {2 ** len(found.capabilities)} sets of capabilities were asked about"
    told = "" if found.complete else "; the search was given up there"
    return joined([*lines, "", *paragraph(f"{asked}{told} ({options.seconds or 0.0:.2f} s)")])


def _heading(found: Adversary, options: Options) -> list[str]:
    result = found.everything
    question = result.verdict.property
    lines = packed([f"{title(question)} in {result.proposal}", devices_text(result.system)], WIDTH)
    assumed = assumptions(result, options)
    lines += paragraph(under(assumed), INDENT) if assumed else []
    lines += [*paragraph(sentence(question), INDENT), ""]
    lines += _names("capabilities of the host: ", found.capabilities)
    if found.promised:
        lines += _names("promised, so always on:   ", found.promised)
    return lines


def _names(label: str, names: Sequence[str]) -> list[str]:
    return beside(label, packed(names or ("none",), WIDTH - len(label)))


def _with_nothing(found: Adversary, options: Options) -> list[str]:
    (least,) = (one for one in found.breaking if not one.capabilities)
    lines = paragraph(f"{_word(least)}: no capability is needed: it is violated with all of them switched off.")
    trace = least.result.verdict.trace
    taken = [least.result.system.by_name[name] for name, _ in trace.steps] if trace else []
    others = {
        f"{one.actor.value}.{one.template.name}" for one in taken if one.actor in (Actor.DEVICE, Actor.ENVIRONMENT)
    }
    if others:
        lines += paragraph(
            f"Its counterexample takes {', '.join(sorted(others))}: moves of the device itself and of the environment "
            "are no capabilities of the host; --without asks what it is like without them."
        )
    return lines + _command(least, options)


def _word(one: Breaking) -> str:
    """Return the short word for a verdict; what was found with more switched on may not be shortest."""
    told = word(one.result.verdict)
    return told if one.shortest else told.replace("FAIL ", "FAIL <=")


def _command(one: Breaking, options: Options) -> list[str]:
    return command(again(one.result, options), " " * 12 if trace_of(one.result) is not None else "    again:  ")


def _breaking(found: Adversary, options: Options) -> list[str]:
    count = len(found.breaking)
    sets = "1 smallest set" if count == 1 else f"{count} smallest sets"
    told = f"Violated with exactly these switched on, holding with any one of them off ({sets}):"
    lines = paragraph(told if count else "")
    for one in found.breaking[:SHOWN]:
        label = f"{INDENT}{_word(one):<9} "
        lines += beside(label, packed(one.capabilities, WIDTH - len(label), " + "))
        if not one.sure:
            lines += paragraph("(whether a part of these suffices is not decided)", " " * len(label))
        lines += _command(one, options)
    if count > SHOWN:
        lines.append(f"{INDENT}and {count - SHOWN} more: --format json lists them")
    return lines


def _unbreaking(found: Adversary) -> list[str]:
    count = len(found.unbreaking)
    if not count:
        return []
    sets = "1 largest set" if count == 1 else f"{count} largest sets"
    lines = ["", *paragraph(f"Holds with exactly these switched on, violated with any further one ({sets}):")]
    for one in found.unbreaking[:SHOWN]:
        lines += beside(INDENT, packed(_at_most(one.capabilities, found.capabilities), WIDTH - len(INDENT)))
        if not one.sure:
            lines += paragraph("(whether it holds with more is not decided)", INDENT * 2)
    if count > SHOWN:
        lines.append(f"{INDENT}and {count - SHOWN} more: --format json lists them")
    return lines


def _at_most(names: Sequence[str], everything: Sequence[str]) -> list[str]:
    """Return a set by its members, or by those that are missing, whichever is shorter."""
    missing = [name for name in everything if name not in names]
    if not names or not missing:
        return ["all of them" if names else "none of them"]
    return ["all but " + missing[0], *missing[1:]] if len(missing) < len(names) else list(names)


def _undecided(found: Adversary) -> list[str]:
    if not found.undecided:
        return []
    sets = "1 set" if len(found.undecided) == 1 else f"{len(found.undecided)} sets"
    lines = ["", *paragraph(f"Not decided for {sets} of capabilities ({found.reason}):")]
    for names in found.undecided[:SHOWN]:
        lines += beside(INDENT, packed(_at_most(names, found.capabilities), WIDTH - len(INDENT)))
    if len(found.undecided) > SHOWN:
        lines.append(f"{INDENT}and {len(found.undecided) - SHOWN} more: --format json lists them")
    return lines


def document(found: Adversary) -> str:
    """Return the JSON document as text.  ``steps`` is null where the evidence is no behaviour."""
    result = found.everything
    question = result.verdict.property
    breaking = []
    for one in found.breaking:
        trace = one.result.verdict.trace
        steps = None if trace is None else len(trace)
        breaking.append(
            {
                "capabilities": list(one.capabilities),
                "minimal": one.sure,
                "steps": steps,
                "lasso": trace is not None and trace.loop is not None,
                "shortest": one.shortest and one.result.verdict.shortest,
            }
        )
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "proposal": result.proposal,
        "property": question.name,
        "code": question.code,
        "kind": question.kind.value,
        "devices": result.system.devices,
        "constants": dict(result.system.constants),
        "without": list(result.system.without),
        "capabilities": list(found.capabilities),
        "promised": list(found.promised),
        "breaking": breaking,
        "unbreaking": [{"capabilities": list(one.capabilities), "maximal": one.sure} for one in found.unbreaking],
        "undecided": [list(names) for names in found.undecided],
        "reason": found.reason,
        "complete": found.complete,
        "asked": found.asked,
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"
