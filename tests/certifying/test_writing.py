"""What `check --certificates` writes: by their schemas, the same bytes every time, and in words where it cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import tdispmodel.certifying
from tdispmodel.certifying import evidence
from tdispmodel.certifying.writing import LONGEST_NAME, file_name
from tdispmodel.ir.model import Model
from tdispmodel.reading import read
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tdispmodel.verdict import Answer, KInduction, NothingSeen, NumberedOrbits, NumberedStates
from tests.certifying.making import document, made, why_not
from tests.certifying.pool import corpus
from tests.engines_wide.numbered import goes_over

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(tdispmodel.certifying.__file__).parent


def corpus_model(name: str) -> Model:
    """Return a model of tests/corpus."""
    return read(ROOT / "tests" / "corpus" / "models" / f"{name}.py", (ROOT,)).model


def validator(name: str) -> Draft202012Validator:
    """Return what validates a kind of document."""
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="ascii")))


def test_documents_follow_their_schemas(tmp_path: Path) -> None:
    """Models and certificates of the corpus, by an exhaustive engine and by IC3, are as the shipped schemas say."""
    for number, model in enumerate(corpus()):
        for engine in ("explicit", "ic3"):
            found = made(tmp_path / f"{number}{engine}", model, (engine,))
            assert [] == found.rejected()
            models = sorted((found.folder / "models").iterdir())
            wrong = [error.message for path in models for error in validator("model").iter_errors(document(path))]
            wrong += [
                error.message for path in found.files for error in validator("certificate").iter_errors(document(path))
            ]
            assert [] == wrong


def test_the_schemas_refuse_other_documents(tmp_path: Path) -> None:
    """Neither schema takes a document with a field too many, too few, or of another version."""
    found = made(tmp_path, corpus_model("peterson"))
    (model,) = (tmp_path / "models").iterdir()
    for name, right in (("model", document(model)), ("certificate", document(found.files[0]))):
        valid = validator(name)
        Draft202012Validator.check_schema(valid.schema)
        assert valid.is_valid(right)
        fields = sorted(right)
        wrong: list[Any] = [{one: right[one] for one in fields if one != left} for left in fields]
        wrong += [right | {"more": 1}, right | {"schema": f"tdispmodel/{name}/2"}, [right], None]
        assert not [one for one in wrong if valid.is_valid(one)]


def everything(folder: Path) -> dict[str, bytes]:
    """Return the content of all files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def checked(folder: Path, seed: int, jobs: int, *arguments: str) -> None:
    """Check two proposals in a process of their own."""
    command = [sys.executable, "-m", "tdispmodel", "check", *arguments, "--jobs", str(jobs), "--progress", "never"]
    environment = os.environ | {"PYTHONHASHSEED": str(seed)}
    ran = subprocess.run(
        [*command, "--certificates", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stderr


@pytest.mark.parametrize("engine", ["explicit", "ic3"])
def test_bytes_are_reproducible(engine: str, tmp_path: Path) -> None:
    """The same files with the same bytes, whatever Python's hashes and the number of processes are."""
    asked = ["lock_exclusive", "atomic_revoke", "-k", "accept", "--engine", engine]
    for number, (seed, jobs) in enumerate([(0, 1), (1, 2)]):
        checked(tmp_path / str(number), seed, jobs, *asked)
    first, second = (everything(tmp_path / str(number)) for number in range(2))
    assert len([name for name in first if name.startswith(("lock_exclusive", "atomic_revoke"))]) > 4
    assert first == second


def test_files_are_written_over(tmp_path: Path) -> None:
    """Asked twice, the same folder has the same files; none is left half-written."""
    made(tmp_path, corpus_model("peterson"))
    first = everything(tmp_path)
    made(tmp_path, corpus_model("peterson"))
    assert first == everything(tmp_path)
    assert not [name for name in first if name.endswith(".part")]


def test_every_kind_of_evidence_is_written(tmp_path: Path) -> None:
    """Between them, the models of the corpus give evidence of every kind that the checker knows."""
    kinds = set()
    for number, model in enumerate(corpus()):
        for engine in ("explicit", "ic3"):
            for path in made(tmp_path / f"{number}{engine}", model, (engine,)).files:
                kinds |= {one["kind"] for one in document(path)["evidence"]}
    assert kinds == {"states", "invariant", "ranking", "distances", "behaviour"}


def test_a_name_says_what_differs_from_the_defaults() -> None:
    """The number of devices and what is switched off stand in the name; a name that gets too long becomes a hash."""
    model = corpus_model("peterson")
    (wanted, *_) = model.properties
    system = ground(model, Scope())
    assert file_name(model, system, wanted) == wanted.name
    assert file_name(model, replace(system, devices=2), wanted) == f"{wanted.name}@devices=2"
    assert file_name(model, replace(system, without=("host.x",)), wanted) == f"{wanted.name}@without=host.x"
    many = tuple(f"host.action_{number}" for number in range(40))
    name = file_name(model, replace(system, without=many), wanted)
    assert len(name) < LONGEST_NAME
    assert name != file_name(model, replace(system, without=many[1:]), wanted)


def test_strong_fairness_alone_has_no_certificate(tmp_path: Path) -> None:
    """What holds by strong fairness only has no ranking: a note says so, and no file claims it."""
    source = (ROOT / "docs" / "language" / "15_fairness.py").read_text(encoding="utf-8")
    (tmp_path / "fairness.py").write_text(source, encoding="utf-8")
    found = made(tmp_path / "out", read(tmp_path / "fairness.py", (ROOT,)).model)
    without = [note for note in found.notes if "only strong fairness shows it" in note]
    decided = [one for one in found.results if one.verdict.answer is not Answer.OPEN]
    assert without
    assert tuple(without) == found.notes
    assert (len(decided) - len(without), []) == (len(found.files), found.rejected())


def test_k_induction_becomes_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof by k-induction is written as an invariant or a closed set, or, if nobody finds one, not at all."""
    model = corpus_model("peterson")
    system = ground(model, Scope())
    (question,) = [
        one
        for wanted in model.properties
        if wanted.name == "mutual_exclusion"
        for one in ground_properties(model, wanted, Scope())
    ]
    found = evidence.Evidence(system, {}, {}, lambda _: "0" * 64)
    assert found._proof(question) is not None
    assert not isinstance(found._proof(question), KInduction)
    monkeypatch.setattr(evidence, "PROVERS", ())
    with pytest.raises(evidence.NoEvidence, match="k-induction"):
        found._shown(question, KInduction(2, system.stays_in_range, False))


def test_numbered_states_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown by numbers of local states is written as a list of states, and the stand-alone checker accepts it."""
    goes_over(monkeypatch, 2)
    for name in ("peterson", "two_phase_commit"):
        found = made(tmp_path / name, corpus_model(name))
        shown = [one.verdict for one in found.results if isinstance(one.verdict.certificate, NumberedStates)]
        assert shown
        assert ((), []) == (found.notes, found.rejected())
        kinds = {document(path)["property"]["name"]: document(path)["evidence"][0]["kind"] for path in found.files}
        assert {"states"} == {kinds[one.property.name] for one in shown}


def test_orbits_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown by orbits is written as a list of all states, as many as are known, which is accepted."""
    goes_over(monkeypatch, 2)
    found = made(tmp_path, corpus_model("two_phase_commit"), devices=2)
    shown = [one.verdict for one in found.results if isinstance(one.verdict.certificate, NumberedOrbits)]
    assert shown
    assert ((), []) == (found.notes, found.rejected())
    kinds = {document(path)["property"]["name"]: document(path)["evidence"][0]["kind"] for path in found.files}
    assert {"states"} == {kinds[one.property.name] for one in shown}
    # 56 distinct states, which TLC counts, too: of more than are looked at all are counted, not the orbits
    monkeypatch.setattr(evidence, "MOST_STATES", 55)
    monkeypatch.setattr(evidence, "PROVERS", ())
    found = made(tmp_path / "missing", corpus_model("two_phase_commit"), devices=2)
    assert any("56 states are more than the stand-alone checker looks at" in note for note in found.notes)


def test_more_states_than_are_listed_need_an_invariant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the states are too many to be listed an invariant is looked for; without one a note says what is missing."""
    goes_over(monkeypatch, 2)
    monkeypatch.setattr(evidence, "MOST_STATES", 3)
    found = made(tmp_path / "invariants", corpus_model("peterson"))
    shown = [one.verdict for one in found.results if isinstance(one.verdict.certificate, NumberedStates)]
    kinds = {document(path)["property"]["name"]: document(path)["evidence"][0]["kind"] for path in found.files}
    assert {"invariant"} == {kinds[one.property.name] for one in shown}
    assert [] == found.rejected()
    monkeypatch.setattr(evidence, "PROVERS", ())
    found = made(tmp_path / "nothing", corpus_model("peterson"))
    missing = [note for note in found.notes if "states are more than the stand-alone checker looks at" in note]
    assert len(missing) >= len(shown)
    assert not {one.property.name for one in shown} & {document(path)["property"]["name"] for path in found.files}


def test_what_a_watcher_shows_gets_a_ranking(tmp_path: Path) -> None:
    """What IC3 shows beside a watcher has a certificate by a ranking of the states, and it is accepted."""
    found = made(tmp_path, corpus_model("peterson"), ("ic3",))
    shown = [one.verdict.property.name for one in found.results if isinstance(one.verdict.certificate, NothingSeen)]
    assert shown
    assert ((), []) == (found.notes, found.rejected())
    kinds = {document(path)["property"]["name"]: document(path)["evidence"][0]["kind"] for path in found.files}
    assert {"ranking"} == {kinds[name] for name in shown}


def test_induction_is_certified(tmp_path: Path) -> None:
    """What the engine `induction` finds has certificates that the stand-alone checker accepts, and scripts."""
    found = made(tmp_path, corpus_model("two_phase_commit"), ("induction",))
    holds = [one for one in found.results if one.verdict.answer is Answer.HOLDS]
    assert holds
    assert [""] * len(found.files) == [why_not(tmp_path, path) for path in found.files]
    assert len(found.files) >= len(holds)
    assert len(list(tmp_path.glob("*/*.smt2"))) >= len(holds)
