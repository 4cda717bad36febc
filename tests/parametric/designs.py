"""The models of this folder, read, with what is known of them for any number of devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model, Property
from tdispmodel.parametric.answers import Finding, findings
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import Answer

HERE = Path(__file__).parent
BENCH = HERE.parents[1] / "benchmarks" / "bench_tdi.py"


def design(path: Path) -> Model:
    """Read a model with the properties of its own file."""
    return load(find_catalogue(HERE), path, with_properties=False).model


def family(path: Path, kinds: Mapping[str, tuple[Mapping[str, Value], ...]] | None = None) -> Family:
    """All instances of a model, its devices of one kind, the default, or of those that are listed."""
    return Family(design(path), Kinds(kinds=kinds or {}))


def found(of: Family, engines: Sequence[str] = ()) -> dict[str, Finding]:
    """What is known of the model's own properties, by their names."""
    asked = of.original.properties
    known = findings(of, asked, engines, Limits(60))
    return {wanted.name: known[wanted] for wanted in asked}


def said(finding: Finding) -> str | int:
    """``holds``, ``open``, or the number of devices of a violation, of which fewer are known not to suffice."""
    if finding.devices is None:
        return finding.verdict.answer.value
    assert finding.holds_up_to == finding.devices - 1
    return finding.devices


def holds_with(of: Family, wanted: Property, devices: int) -> bool:
    """Whether a property holds with so many devices, by visiting every state."""
    questions = of.questions(of.property(wanted), devices)
    verdicts = engine("explicit").answer(of.system(devices), questions, Limits())
    return all(one.answer is Answer.HOLDS for one in verdicts)
