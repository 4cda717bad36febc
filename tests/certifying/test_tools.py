"""What is written for other tools: SMT-LIB 2 for three solvers, AIGER for ABC."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from tdispmodel.certifying.circuits import circuits
from tdispmodel.certifying.smtlib import induction_text, invariant_text
from tdispmodel.certifying.solving import answers, installed, is_script
from tdispmodel.compiling.circuits.machine import TooWide
from tdispmodel.engines.conformance.writing import Flag, system as built
from tdispmodel.ir.expressions import TRUE, Bounded, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reading import read
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tests.certifying.making import made
from tests.exporting.peers import needed
from tests.laws.oracle import Oracle
from tests.laws.test_judge_accepts import exactly

ROOT = Path(__file__).resolve().parents[2]
MODELS = ("peterson", "readers_writers", "two_phase_commit")
ABC = "berkeley-abc"


def asked(name: str) -> tuple[System, list[SystemProperty]]:
    """Return a model of the corpus and its questions about states and steps that hold."""
    model = read(ROOT / "tests" / "corpus" / "models" / f"{name}.py", (ROOT,)).model
    system, scope = ground(model, Scope()), Scope()
    oracle = Oracle(system)
    questions = [one for known in model.properties for one in ground_properties(model, known, scope)]
    return system, [one for one in questions if one.kind in (Kind.INVARIANT, Kind.STEP) and oracle.holds(one)]


def reachable(system: System, without: int | None = None) -> Expression:
    """Return the formula of the reachable states, without one of them if wanted."""
    states = Oracle(system).states
    return exactly(system, tuple(state for number, state in enumerate(states) if number != without))


@pytest.mark.parametrize("solver", ["z3", "cvc5", "bitwuzla"])
def test_solvers_confirm_what_is_inductive_and_nothing_else(solver: str, tmp_path: Path) -> None:
    """Each solver says unsat to every obligation of the reachable states, and not if one of them is left out, or the
    question is another one.
    """
    assert solver in installed()  # the extra "test" brings all of them
    scripts: list[tuple[bool, Path]] = []
    for name in MODELS:
        system, questions = asked(name)
        wrong = [replace(questions[0], formula=negation(questions[0].formula))]
        cases = [(True, questions, None), (False, questions, 0), (False, questions, 1), (False, wrong, None)]
        for right, about, without in cases:
            path = tmp_path / f"{name}{len(scripts)}.smt2"
            path.write_text(invariant_text(system, about, reachable(system, without)), encoding="ascii")
            assert is_script(path)
            scripts.append((right, path))
    said = list(answers(solver, [path for _, path in scripts]))
    for (right, path), words in zip(scripts, said, strict=True):
        obligations = path.read_text(encoding="ascii").count("(check-sat)")
        assert (obligations, set()) == (len(words), set(words) - {"sat", "unsat"})
        assert right is ("sat" not in words), path.name


def test_a_start_value_is_never_too_large_for_the_script(tmp_path: Path) -> None:
    """Where there are truth values alone, a lamp that is on at the start is so in the script: that it is never on is not
    confirmed, by no solver.
    """
    lamp = Flag("lamp", (True,))
    always_off = SystemProperty("off", "", Kind.INVARIANT, negation(lamp.now))
    path = tmp_path / "lamp.smt2"
    path.write_text(invariant_text(built("lamp", (lamp,)), [always_off], always_off.formula), encoding="ascii")
    for solver in installed():
        assert ["sat", "unsat"] == next(answers(solver, [path]))


@pytest.mark.parametrize("solver", ["z3", "cvc5", "bitwuzla"])
def test_solvers_confirm_k_induction_and_nothing_else(solver: str, tmp_path: Path) -> None:
    """With the reachable states as its lemma a k-induction is confirmed; of a question that is violated it is not."""
    paths = []
    for name in MODELS:
        system, (question, *_) = asked(name)
        wrong = replace(question, formula=negation(question.formula))
        for number, (about, lemma) in enumerate(
            [(question, reachable(system)), (wrong, reachable(system)), (wrong, TRUE)]
        ):
            paths.append(tmp_path / f"{name}{number}.smt2")
            paths[-1].write_text(induction_text(system, about, 2, lemma, simple_path=bool(number)), encoding="ascii")
    said = list(answers(solver, paths))
    assert [True, False, False] * len(MODELS) == ["sat" not in words and "unsat" in words for words in said]


def abc(path: Path, *commands: str) -> str:
    """Return what ABC says of a circuit."""
    line = "; ".join((f"read_aiger {path.name}", *commands))
    ran = subprocess.run([ABC, "-c", line], cwd=path.parent, capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout


def aiger(tmp_path: Path, name: str, without: int | None = None) -> tuple[Path, Path]:
    """Write the two circuits of a model's reachable states."""
    system, questions = asked(name)
    paths = tmp_path / f"{name}.model.aig", tmp_path / f"{name}.witness.aig"
    for path, content in zip(paths, circuits(system, questions, reachable(system, without)), strict=True):
        path.write_bytes(content)
    return paths


@pytest.mark.parametrize("name", MODELS)
def test_abc_proves_model_and_witness(name: str, tmp_path: Path) -> None:
    """ABC finds that no bad state of the model is reachable, and proves the witness by induction of length one."""
    needed(ABC)
    model, witness = aiger(tmp_path, name)
    assert "Property proved" in abc(model, "pdr")
    assert "Networks are equivalent" in abc(witness, "ind -F 2")


@pytest.mark.parametrize("name", MODELS)
def test_abc_refuses_a_wrong_witness(name: str, tmp_path: Path) -> None:
    """Without one of the reachable states the witness is no invariant, and ABC finds a way to where it is false."""
    needed(ABC)
    _, witness = aiger(tmp_path, name, without=1)
    assert "Networks are equivalent" not in abc(witness, "ind -F 2")
    assert "was asserted" in abc(witness, "pdr")


@pytest.mark.parametrize("name", MODELS)
def test_the_witness_excludes_what_is_bad(name: str, tmp_path: Path) -> None:
    """Wherever the model's circuit says bad, the witness says so, too; z3 is asked of the two files."""
    model, witness = aiger(tmp_path, name)
    solver = z3.Solver()
    solver.add(bad(model), z3.Not(bad(witness)))
    assert solver.check() == z3.unsat
    solver = z3.Solver()
    solver.add(bad(witness))
    assert solver.check() == z3.sat


def bad(path: Path) -> z3.BoolRef:
    """Return what a binary AIGER file calls bad, over inputs and latches by their numbers."""
    data = path.read_bytes()
    head, _, rest = data.partition(b"\n")
    _, _, inputs, latches, _, gates, _ = (int(part) if part.isdigit() else 0 for part in head.split())
    for _ in range(latches):
        _, _, rest = rest.partition(b"\n")
    wanted, _, rest = rest.partition(b"\n")
    values = [z3.BoolVal(False), *(z3.Bool(f"v{number}") for number in range(1, inputs + latches + 1))]

    def literal(number: int) -> z3.BoolRef:
        return z3.Not(values[number >> 1]) if number & 1 else values[number >> 1]

    place = 0

    def difference() -> int:
        nonlocal place
        found, shift = 0, 0
        while True:
            byte, place = rest[place], place + 1
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found

    for _ in range(gates):
        one = 2 * len(values) - difference()
        values.append(z3.And(literal(one), literal(one - difference())))
    return literal(int(wanted))


def test_what_is_too_wide_has_no_circuit() -> None:
    """A variable with more values than a circuit lists is told as such."""
    system, questions = asked("die_hard")
    wide = tuple(replace(one, sort=Bounded(0, 300)) for one in system.variables)
    with pytest.raises(TooWide):
        circuits(replace(system, variables=wide, actions=(), initially=TRUE), questions, TRUE)


def test_files_for_other_tools_lie_beside_the_certificate(tmp_path: Path) -> None:
    """A proof by an invariant has a script and two circuits, named like the certificate."""
    found = made(tmp_path, read(ROOT / "tests" / "corpus" / "models" / "peterson.py", (ROOT,)).model, ("ic3",))
    names = {path.name for path in (tmp_path / "peterson").iterdir()}
    assert names >= {f"mutual_exclusion{end}" for end in (".json", ".smt2", ".model.aig", ".witness.aig")}, names
    assert [] == found.rejected()
