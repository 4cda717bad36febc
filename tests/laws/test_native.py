"""The native law: a model file means to the reader what it means to CPython."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model
from tdispmodel.printing import model_text
from tdispmodel.reading import read
from tdispmodel.semantics import Scope
from tdispmodel.semantics.grounding import constants
from tests.laws.agreement import differences, turned
from tests.laws.native_runner import Native, imported
from tests.laws.random_models import models

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = sorted((ROOT / "docs" / "language").glob("[0-9]*.py"))
TRUSTED = sorted((ROOT / "tests" / "laws" / "trusted").glob("*.py"))
WITH_CONSTANTS = [path for path in (*TRUSTED, *REFERENCE) if turned(read(path, (ROOT,)).model, 1, 0)]
PROPOSALS = sorted((ROOT / "proposals").glob("*.py"))
PROPERTIES = sorted((ROOT / "properties").glob("*.py"))
BASE = ROOT / "tdispmodel" / "models" / "base.py"
FIGURES = re.compile(r"^Figures, (\d+) devices?: (\d+) states, (\d+) transitions?\.", re.MULTILINE)


def counted(native: Native) -> tuple[int, int]:
    """Return how many states CPython reaches, and how many steps leave them."""
    seen = set(native.start_states())
    waiting, transitions = list(seen), 0
    while waiting:
        for _, after in native.steps(waiting.pop()):
            transitions += 1
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return len(seen), transitions


def compared(
    path: Path,
    devices: int,
    limit: int = 100_000,
    properties: tuple[Path, ...] = (),
    chosen: Mapping[str, Value] | None = None,
) -> list[str]:
    """Return how the two meanings of a file differ, under the constants ``chosen``."""
    reading = read(path, (ROOT,))
    asked, _ = reading.properties_from(properties) if properties else ((), ())
    model = replace(reading.model, properties=(*reading.model.properties, *asked))
    module = importlib.import_module("tdispmodel.models.base") if path == BASE else imported(path, ROOT)
    native = Native(module, devices, chosen, property_modules=tuple(imported(each, ROOT) for each in properties))
    return differences(native, model, Scope(devices, chosen or {}), limit)


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
@pytest.mark.parametrize("devices", [1, 2])
def test_reference_models_mean_what_python_means(path: Path, devices: int) -> None:
    """Every model of the language reference has natively the states, steps and truths that it has as read."""
    assert compared(path, devices) == []


@pytest.mark.parametrize("path", TRUSTED, ids=lambda path: path.stem)
@pytest.mark.parametrize("devices", [1, 2, 3])
def test_corners_mean_what_python_means(path: Path, devices: int) -> None:
    """Models full of corners (patched procedures, derived parts, loops) have natively what they have as read."""
    assert compared(path, devices, 500) == []


@pytest.mark.parametrize("path", WITH_CONSTANTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("devices", [1, 2, 3])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_chosen_constants_mean_what_python_means(path: Path, devices: int, turn: int) -> None:
    """With constants that differ from the defaults, and from instance to instance, the two meanings are the same."""
    chosen = turned(read(path, (ROOT,)).model, devices, turn)
    assert compared(path, devices, 300, chosen=chosen) == []


def test_a_topology_has_the_figures_that_are_explained() -> None:
    """Two devices of two kinds have as many states and transitions as the page on topologies says."""
    chosen = {"devices[0].kind": "TDISP", "devices[1].kind": "PLAIN"}
    native = Native(imported(ROOT / "docs" / "language" / "14_topologies.py"), 2, chosen)
    assert counted(native) == (12, 20)


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_reference_models_have_the_figures_that_they_explain(path: Path) -> None:
    """The numbers of states and transitions in each explanation, which follow by hand, are those of CPython."""
    module = imported(path)
    figures = FIGURES.findall(module.__doc__ or "")
    assert figures, f"{path.name} explains no figures"
    for devices, states, transitions in figures:
        assert counted(Native(module, int(devices))) == (int(states), int(transitions))


def test_the_reference_lists_every_model() -> None:
    """The page of the language reference links to each of its models."""
    page = (ROOT / "docs" / "language" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in REFERENCE] == re.findall(r"^\| \[(.*?)\]\(\1\)", page, re.MULTILINE)


@pytest.mark.parametrize("path", [BASE, *PROPOSALS], ids=lambda path: path.stem)
def test_the_catalogue_means_what_python_means(path: Path) -> None:
    """The first states of the base model and of each proposal, with all properties, mean natively what they mean as read."""
    assert compared(path, 1, 250, tuple(PROPERTIES)) == []


@pytest.mark.parametrize("turn", range(3))
def test_topologies_of_the_base_mean_what_python_means(turn: int) -> None:
    """Two devices of different kinds, on different buses, mean natively what they mean as read."""
    free = turned(read(BASE, (ROOT,)).model, 2, turn)
    chosen = {name: value for name, value in free.items() if "." in name}
    assert chosen["devices[0].kind"] != chosen["devices[1].kind"]
    assert compared(BASE, 2, 60, tuple(PROPERTIES), chosen) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(models(), st.integers(1, 2), st.data())
def test_random_models_mean_what_python_means(model: Model, devices: int, data: st.DataObject) -> None:
    """A random model under random constants, printed and run by CPython, has what it has as read: states, steps, truths."""
    chosen = {
        name: data.draw(st.sampled_from(known.sort.values), name)
        for name, known in constants(model, devices).items()
        if not known.fixed
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.py"
        path.write_text(model_text(model), encoding="utf-8")
        assert compared(path, devices, chosen=chosen) == []


CHANGES = [
    ("02_actions.py", "self.counted < 2", "self.counted < 1"),
    ("02_actions.py", "self.counted += 1", "self.counted = 1"),
    ("02_actions.py", "by=Actor.USERSPACE, fair=False", "by=Actor.USERSPACE"),
    ("15_fairness.py", "by=Actor.USERSPACE, strongly_fair=True", "by=Actor.USERSPACE"),
    ("15_fairness.py", "by=Actor.USERSPACE, fair=False", "by=Actor.USERSPACE, strongly_fair=True"),
    ("01_variables.py", "anything(Mode.FAST, Mode.SAFE)", "Mode.FAST"),
    ("01_variables.py", "self.genuine or self.mode is Mode.FAST", "self.genuine"),
    ("04_expressions.py", "now.colour is Colour.BLUE", "now.colour is Colour.RED"),
    ("07_observability.py", "HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)", "HiddenFrom(Actor.USERSPACE)"),
    ("07_observability.py", "Annotated[Constant[bool], HiddenFrom(Actor.USERSPACE)]", "Constant[bool]"),
    ("14_topologies.py", "kind: Constant[Kind] = Kind.TDISP", "kind: Constant[Kind] = Kind.PLAIN"),
    ("09_steps.py", "step.is_(Guest.arm, now)", "step.is_(Guest.arm)"),
    ("09_steps.py", "step.actor is Actor.DEVICE", "step.actor is Actor.HOST"),
    ("10_progress.py", "after=is_free", "after=lambda now: now.bound"),
    ("14_topologies.py", "device.locked or device.kind is Kind.PLAIN", "device.locked"),
    ("14_topologies.py", "kind = Kind.PLAIN", "kind = Kind.TDISP"),
    (
        "13_aliasing.py",
        "        target.marked = True\n        source.marked = False",
        "        source.marked = False\n        target.marked = True",
    ),
]


@pytest.mark.parametrize(("name", "old", "new"), CHANGES)
def test_a_changed_meaning_is_noticed(name: str, old: str, new: str, tmp_path: Path) -> None:
    """Reading one text and running another that differs in a detail gives at least one difference."""
    text = (ROOT / "docs" / "language" / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed = tmp_path / "changed.py"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    model = read(changed, (ROOT,)).model
    native = Native(imported(ROOT / "docs" / "language" / name), 2)
    assert differences(native, model, Scope(devices=2)) != []
