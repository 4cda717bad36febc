"""Stored counterexamples looked at again: do these behaviours still exist, and do they still violate their properties.

Given files in the trace format of `exporting.itf`, gives for each whether it is real, or how it is stale; and makes the
files anew from the matrix.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.mistakes import STORED_TRACE, mistake
from tdispmodel.checking.pipeline import Request, Run
from tdispmodel.checking.settings import MAXIMUM_DEVICES
from tdispmodel.checking.shortening import without_spare_steps
from tdispmodel.engines.protocol import Limits
from tdispmodel.exporting import itf
from tdispmodel.ir.expressions import belongs
from tdispmodel.ir.model import Property
from tdispmodel.ir.system import System
from tdispmodel.reports.options import Options
from tdispmodel.reports.trace import render
from tdispmodel.semantics.grounding import Scope, constants, default_constants, ground, ground_properties
from tdispmodel.source import Place
from tdispmodel.verdict import Answer, Result, Trace, Verdict

SUFFIX = ".itf.json"
VARIANTS = "variants.toml"


@dataclass(frozen=True)
class Replayed:
    """One stored counterexample: its file, how many steps it has, and how it is stale (empty: it is real)."""

    path: Path
    steps: int = 0
    stale: str = ""


class Stale(Exception):
    """A stored counterexample is none any more; the message says how."""


def stored(catalogue: Catalogue) -> tuple[Path, ...]:
    """Return the stored counterexamples of the catalogue, in alphabetical order."""
    return tuple(sorted(catalogue.counterexamples.glob(f"*/*{SUFFIX}")))


def replay(catalogue: Catalogue, paths: Sequence[Path]) -> Iterator[Replayed]:
    """Yield for each file whether it is still real.  Raises `Rejected` when one is no stored trace."""

    @cache
    def loaded(proposal: str) -> Loaded:
        return load(catalogue, catalogue.resolve(proposal))

    for path in paths:
        found = itf.load(path)
        why = ""
        if found.proposal in catalogue.proposals:
            try:
                compare_text(path, judged(loaded(found.proposal), found), loaded(found.proposal))
            except Stale as stale:
                why = str(stale)
        else:
            why = f"the catalogue has no proposal {found.proposal}"
        yield Replayed(path, len(found.steps), why)


def judged(loaded: Loaded, found: itf.StoredTrace) -> Result:
    """Return the stored counterexample as a result that the judge accepts; raises `Stale` when there is none."""
    from tdispmodel.judging import judge  # noqa: PLC0415  # only for this

    wanted = next((known for known in loaded.properties if known.name == found.property), None)
    if wanted is None:
        message = f"{found.proposal} is not asked for {found.property} any more"
        raise Stale(message)
    scope = scope_of(loaded, wanted, found)
    system = ground(loaded.model, scope)
    trace = trace_in(system, found)
    answer = Answer(found.verdict)
    reasons = []
    for question in ground_properties(loaded.model, wanted, scope):
        judgement = judge(system, Verdict(question, answer, "", trace=trace))
        if judgement.accepted:
            (kept,) = without_spare_steps(system, [judgement.verdict], Limits())
            if kept.trace != trace:
                message = "steps of the trace can be left out"
                raise Stale(message)
            return Result(loaded.model.name, system, kept)
        reasons.append(judgement.reason)
    raise Stale(reasons[0] if reasons else "the property is about nothing that the model has")


def scope_of(loaded: Loaded, wanted: Property, found: itf.StoredTrace) -> Scope:
    """Return the scope under which a trace was stored; raises `Stale` when the model has no such scope any more."""
    if not 1 <= found.devices <= MAXIMUM_DEVICES:
        message = "the trace has no device" if found.devices < 1 else f"the trace has {found.devices} devices"
        raise Stale(message)
    known = constants(loaded.model, found.devices)
    for name, value in found.constants.items():
        if name not in known or not belongs(value, known[name].sort):
            message = f"the model has no constant {name} with the value {value}"
            raise Stale(message)
        if known[name].fixed and known[name].value != value:
            message = f"the proposal fixes {name} to {known[name].value}, the trace has {value}"
            raise Stale(message)
    for name, value in wanted.given:
        if found.constants.get(name) != value:
            message = f"{wanted.name} is asked with {name}={value}, the trace has {found.constants.get(name)}"
            raise Stale(message)
    missing = sorted(known.keys() - found.constants.keys())
    if missing:
        message = f"the trace does not say the value of the constant {missing[0]}"
        raise Stale(message)
    return Scope(found.devices, dict(found.constants), found.without)


def trace_in(system: System, found: itf.StoredTrace) -> Trace:
    """Return the stored trace as one of ``system``; raises `Stale` when its states are none of the system's."""
    for position, values in enumerate((found.initial, *(values for _, values in found.steps))):
        strange = sorted(values.keys() ^ system.sorts.keys())
        if strange:
            message = f"state {position}: the variable {strange[0]} is in one of model and trace only"
            raise Stale(message)
        for name, value in values.items():
            if not belongs(value, system.sorts[name]):
                message = f"state {position}: {value} is no value of {name}"
                raise Stale(message)
    return found.trace(system)


def compare_text(path: Path, result: Result, loaded: Loaded) -> None:
    """Raise `Stale` unless the text beside the trace is what would be written today."""
    beside = text_path(path)
    try:
        text = beside.read_text(encoding="utf-8")
    except (OSError, ValueError):
        message = f"{beside.name} cannot be read"
        raise Stale(message) from None
    defaults = default_constants(loaded.model, result.system.devices)
    if text not in [text_of(result, defaults, shortest=shortest) for shortest in (True, False)]:
        message = f"{beside.name} does not tell this trace as it is told today"
        raise Stale(message)


def text_path(path: Path) -> Path:
    """Return the path of the text beside a stored trace."""
    return path.with_name(path.name.removesuffix(SUFFIX) + ".txt")


def text_of(result: Result, defaults: Mapping[str, Any], *, shortest: bool) -> str:
    """Return the text that is stored beside a trace: what the trace alone can tell, so no engine is named."""
    verdict = replace(result.verdict, engine="", shortest=shortest)
    return render(replace(result, verdict=verdict), Options(defaults={result.proposal: defaults}))


# --- making them anew ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Variant:
    """A part of the matrix that is stored: some proposals and properties (all, if none is named) under assumptions."""

    proposals: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    devices: int | None = None

    @property
    def suffix(self) -> str:
        """What tells the variant in file names: ``@kernel=BEFORE_6_19``; empty for the plain matrix."""
        parts = [f"{name}={value}" for name, value in sorted(self.settings.items())]
        parts += [f"without={name}" for name in sorted(self.without)]
        parts += [f"devices={self.devices}"] if self.devices not in (None, 1) else []
        return "@" + ",".join(parts) if parts else ""

    def request(self, plain: Request) -> Request:
        """Return the request that asks for this variant."""
        return replace(
            plain,
            proposals=self.proposals,
            only=self.properties or None,
            settings=self.settings,
            without=self.without,
            devices=self.devices,
        )


def variants(catalogue: Catalogue) -> tuple[Variant, ...]:
    """Return the plain matrix and the variants that ``counterexamples/variants.toml`` lists.  Raises `Rejected`."""
    path = catalogue.counterexamples / VARIANTS
    if not path.is_file():
        return (Variant(),)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("variant", [])
        listed = [
            Variant(
                tuple(table.get("proposals", ())),
                tuple(table.get("properties", ())),
                {name: str(value) for name, value in table.get("set", {}).items()},
                tuple(table.get("without", ())),
                int(table["devices"]) if "devices" in table else None,
            )
            for table in tables
        ]
    except (OSError, ValueError, AttributeError, TypeError) as problem:
        raise mistake(STORED_TRACE, f"the list of variants cannot be read: {problem}", place=Place(str(path))) from None
    return (Variant(), *listed)


def files_of(run: Run, suffix: str) -> dict[str, str]:
    """Return the files that a run's violated cells are stored as: relative path to text.

    A cell without a trace (what must be possible and never is) has nothing to store.
    """
    found: dict[str, str] = {}
    for result in run.report.results:
        verdict = result.verdict
        if verdict.answer is not Answer.VIOLATED or verdict.trace is None:
            continue
        name = f"{result.proposal}/{verdict.property.name}{suffix}"
        found[f"{name}{SUFFIX}"] = itf.write(result)
        found[f"{name}.txt"] = text_of(result, run.defaults[result.proposal], shortest=verdict.shortest)
    return found


def store(catalogue: Catalogue, files: Mapping[str, str]) -> tuple[int, int, int]:
    """Make the stored counterexamples be exactly ``files``; return how many are new, changed and deleted.

    Raises `Rejected` when the folder cannot be written.
    """
    folder = catalogue.counterexamples
    old = {path for pattern in (f"*/*{SUFFIX}", "*/*.txt") for path in folder.glob(pattern)}
    new = changed = 0
    try:
        for name, text in sorted(files.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            known = path in old
            if known and path.read_text(encoding="utf-8") == text:
                continue
            path.write_text(text, encoding="utf-8", newline="\n")
            new, changed = new + (not known), changed + known
        gone = old - {folder / name for name in files}
        for path in sorted(gone):
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    except (OSError, ValueError) as problem:
        raise mistake(STORED_TRACE, f"the counterexamples cannot be written: {problem}") from None
    return new, changed, len(gone)


def stale_files(catalogue: Catalogue, files: Mapping[str, str]) -> list[str]:
    """Return the names that are missing in the folder, differ from ``files``, or should not be there."""
    folder = catalogue.counterexamples
    old = {
        str(path.relative_to(folder)): path for pattern in (f"*/*{SUFFIX}", "*/*.txt") for path in folder.glob(pattern)
    }
    differing = [
        name for name, text in files.items() if name not in old or old[name].read_text(encoding="utf-8") != text
    ]
    return sorted({*differing, *(old.keys() - files.keys())})
