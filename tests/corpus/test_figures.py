"""Every model of the corpus has the size and the verdicts of figures.toml, by every exhaustive engine and by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.engines.registry import ENGINES, engine
from tdispmodel.ir.model import Kind, Model
from tdispmodel.reading import read_model
from tdispmodel.verdict import Answer, Result, Space, Witness
from tests.corpus.brute_force import COUNTS

HERE = Path(__file__).parent
BENCHMARKS = HERE.parents[1]
FIGURES: list[dict[str, Any]] = tomllib.loads((HERE / "figures.toml").read_text(encoding="utf-8"))["figure"]
NAMES = [f"{figure['model']}-{figure.get('devices', 1)}" for figure in FIGURES]
EXHAUSTIVE = ("explicit", "graph", "diagrams")
LARGEST_FOR_GRAPH = 2500
OTHERS = ("walk", "bmc", "induction", "pdr", "sat", "ic3")
SMALL = ("two_phase_commit-1", "increment-2", "die_hard-1", "peterson-1", "stabilising_ring-1")

ASKED = [
    pytest.param(engine_name, figure, id=f"{engine_name}-{name}")
    for engine_name in EXHAUSTIVE
    for name, figure in zip(NAMES, FIGURES, strict=True)
    if engine_name != "graph" or figure["states"] <= LARGEST_FOR_GRAPH
]

every_figure = pytest.mark.parametrize("figure", FIGURES, ids=NAMES)


ENDLESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)


@cache
def model_called(name: str) -> Model:
    """Read a model of the corpus, or one beside it."""
    path = BENCHMARKS / f"{name}.py" if "/" in name else HERE / "models" / f"{name}.py"
    return read_model(path, ())


def checked(
    figure: dict[str, Any], engine_name: str, kinds: Container[Kind] = Kind, seconds: float | None = None
) -> tuple[Result, ...]:
    """Ask all properties of these kinds of a model of one engine; the judge accepts what is returned."""
    model = model_called(figure["model"])
    plan = Plan(devices=figure.get("devices", 1), engines=(engine_name,), seconds=seconds)
    answered = check_model(model, [wanted for wanted in model.properties if wanted.kind in kinds], plan)
    assert answered.complaints == ()
    return answered.results


FAIR = [
    figure
    for figure in FIGURES
    if figure["states"] <= LARGEST_FOR_GRAPH
    and any(one.kind in ENDLESS for one in model_called(figure["model"]).properties)
]
"""The figures of models of which something is asked that goes on for ever."""


def in_words(result: Result, wanted: str) -> str:
    """Return a verdict as figures.toml has it, with the length of its trace where a length is wanted."""
    verdict = result.verdict
    trace = verdict.certificate.trace if isinstance(verdict.certificate, Witness) else verdict.trace
    return f"{verdict.answer.value} in {len(trace)}" if trace is not None and " in " in wanted else verdict.answer.value


def test_table_is_complete() -> None:
    """Every model file has a figure, every figure a source and a reason, and every model is counted by hand."""
    models = {path.stem for path in (HERE / "models").glob("*.py")} | {"benchmarks/bench_tdi"}
    assert models == {figure["model"] for figure in FIGURES} == set(COUNTS)
    assert [
        name for name, figure in zip(NAMES, FIGURES, strict=True) if not figure["source"] or not figure["why"]
    ] == []


def test_all_exhaustive_engines_are_asked() -> None:
    """The engines that the counts are asked of are all that visit every state."""
    assert {name for name in ENGINES if engine(name).exhaustive} == set(EXHAUSTIVE)


@every_figure
def test_size_is_the_one_counted_by_hand(figure: dict[str, Any]) -> None:
    """A search over hand-written tuples finds as many states, transitions and levels."""
    counts = COUNTS[figure["model"]](figure.get("devices", 1))
    assert counts == (figure["states"], figure["transitions"], figure["depth"])


@pytest.mark.parametrize(("engine_name", "figure"), ASKED)
def test_engine_gives_size_and_verdicts(engine_name: str, figure: dict[str, Any]) -> None:
    """The engine counts the published space and gives the expected verdicts, with traces of the expected length."""
    results = checked(figure, engine_name)
    default = {constant.name: constant.value for constant in model_called(figure["model"]).constants}
    spaces = {result.verdict.space for result in results if dict(result.system.constants) == default}
    assert spaces == {Space(figure["states"], figure["transitions"], figure["depth"])}
    expected: dict[str, str] = figure["verdicts"]
    found = {name: in_words(result, expected[name]) for result in results if (name := result.verdict.property.name)}
    assert found == expected


@pytest.mark.parametrize("figure", [FIGURES[NAMES.index(name)] for name in SMALL], ids=SMALL)
@pytest.mark.parametrize("engine_name", OTHERS)
def test_other_engines_do_not_contradict(figure: dict[str, Any], engine_name: str) -> None:
    """What an engine decides that need not decide everything is what is expected."""
    expected = {name: verdict.partition(" ")[0] for name, verdict in figure["verdicts"].items()}
    results = checked(figure, engine_name, seconds=1.0)
    decided = {result.verdict.property.name: result.verdict.answer for result in results}
    wrong = {name for name, answer in decided.items() if answer is not Answer.OPEN and answer.value != expected[name]}
    assert wrong == set()


@pytest.mark.parametrize("figure", FAIR, ids=[NAMES[FIGURES.index(figure)] for figure in FAIR])
def test_ic3_decides_what_goes_on_for_ever(figure: dict[str, Any]) -> None:
    """IC3 decides every leads-to and never-endless property as expected, beside a watcher."""
    pytest.importorskip("pysat")
    found = {one.verdict.property.name: one.verdict.answer.value for one in checked(figure, "ic3", ENDLESS)}
    assert found == {name: figure["verdicts"][name] for name in found}
    assert found


def unfair(figure: dict[str, Any]) -> set[str]:
    """The properties of a figure that are violated by what goes on for ever."""
    asked = {one.name for one in model_called(figure["model"]).properties if one.kind in ENDLESS}
    return {name for name in asked if figure["verdicts"][name] == "violated"}


@pytest.mark.parametrize("figure", [figure for figure in FAIR if unfair(figure)], ids=lambda figure: figure["model"])
def test_sat_finds_what_goes_on_for_ever(figure: dict[str, Any]) -> None:
    """Bounded search finds a lasso of every violated leads-to and never-endless property, and of no other."""
    pytest.importorskip("pysat")
    results = checked(figure, "sat", ENDLESS, seconds=20.0)
    assert {one.verdict.property.name for one in results if one.verdict.answer is Answer.VIOLATED} == unfair(figure)


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_bench_tdi_follows_its_closed_form(devices: int) -> None:
    """The explicit engine counts what the closed form gives for one, two and three devices."""
    n = devices
    states = 3**n + 2 * 47**n + 46**n
    per_device = 4 * 3 ** (n - 1) + 2 * 156 * 47 ** (n - 1) + 155 * 46 ** (n - 1)
    transitions = 3**n + 47**n + 44**n + n * per_device
    model = model_called("benchmarks/bench_tdi")
    shallow = [known for known in model.properties if known.name == "operating_driver_only_in_run"]
    (result,) = check_model(model, shallow, Plan(devices=n, engines=("explicit",))).results
    assert result.verdict.space == Space(states, transitions, 12 * n + 3)
    assert in_words(result, "violated in 10") == "violated in 10"
