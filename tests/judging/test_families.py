"""The judge of proofs for any number of devices: what it accepts, what it refuses and why, and what its text says."""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
import z3

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import TRUE, Field, Not, Read
from tdispmodel.ir.model import Property
from tdispmodel.judging.parametric import judge_family, smtlib, solving
from tdispmodel.parametric.answers import findings
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import Answer, InductiveInvariant, QuantifiedClause, QuantifiedInvariant, Verdict
from tests.parametric.designs import BENCH, HERE, family

Patch = pytest.MonkeyPatch
LOCK = HERE / "models" / "mutex_lock.py"


def proven(of: Family) -> list[tuple[Property, Verdict]]:
    """The properties of a family that are proven, with their verdicts."""
    known = findings(of, of.original.properties, (), Limits(60))
    return [(wanted, one.verdict) for wanted, one in known.items() if one.verdict.answer is Answer.HOLDS]


def certificate(verdict: Verdict) -> QuantifiedInvariant:
    """The certificate of a verdict for any number of devices."""
    assert isinstance(verdict.certificate, QuantifiedInvariant)
    return verdict.certificate


def refusal(of: Family, wanted: Property, verdict: Verdict) -> str:
    """Why the judge refuses a verdict; empty if it does not."""
    (judged,) = judge_family(of, [(wanted, verdict)])
    assert judged.accepted is (not judged.reason)
    return judged.reason


def test_a_proof_is_accepted() -> None:
    """That no two devices work at once, and that whoever works has the lock, by the same two clauses."""
    of = family(LOCK)
    pairs = proven(of)
    assert ["one_works", "whoever_works_has_the_lock"] == [wanted.name for wanted, _ in pairs]
    assert [2, 2] == [len(certificate(one).clauses) for _, one in pairs]
    assert ["", ""] == [one.reason for one in judge_family(of, pairs)]


@pytest.mark.parametrize("dropped", [0, 1])
def test_a_proof_without_one_of_its_clauses_is_refused(dropped: int) -> None:
    """Each clause is needed: without it another one is not kept, or the property is not implied."""
    of = family(LOCK)
    (wanted, verdict), _ = proven(of)
    clauses = [*certificate(verdict).clauses]
    del clauses[dropped]
    reason = refusal(of, wanted, replace(verdict, certificate=QuantifiedInvariant(tuple(clauses))))
    assert reason in (
        "take does not keep the invariant, or leaves a range",  # it looks at the lock, which then says nothing
        "drop does not keep the invariant, or leaves a range",  # another one might still work
        "the invariant does not imply the property",
    )


def clause(*bound: str, body: Any) -> QuantifiedClause:
    """A clause about devices with these names."""
    return QuantifiedClause(tuple((name, "devices") for name in bound), body)


def test_false_clauses_are_refused() -> None:
    """A clause that a start state breaks, one that an action breaks, and nothing at all do not show anything."""
    of = family(LOCK)
    (wanted, verdict), _ = proven(of)
    locked = of.model.component(of.model.root).variables[0]
    read = Field("self", locked.name, locked.sort)
    told = {
        name: refusal(of, wanted, replace(verdict, certificate=QuantifiedInvariant(clauses)))
        for name, clauses in {
            "start": (clause(body=read),),
            "kept": (clause(body=Not(read)),),
            "implied": (),
        }.items()
    }
    assert told == {
        "start": "a clause of the invariant is false in a start state",
        "kept": "take does not keep the invariant, or leaves a range",
        "implied": "the invariant does not imply the property",
    }


def test_what_is_no_certificate_is_refused() -> None:
    """A certificate of another kind, none, a clause about a step or about no collection, a name bound twice."""
    of = family(LOCK)
    (wanted, verdict), _ = proven(of)
    locked = of.model.component(of.model.root).variables[0]
    later = clause(body=Field("self", locked.name, locked.sort, after=True))
    nowhere = QuantifiedClause((("x", "nowhere"),), TRUE)
    twice = clause("x", "x", body=TRUE)
    assert [
        refusal(of, wanted, replace(verdict, certificate=one))
        for one in (
            None,
            InductiveInvariant(TRUE),
            QuantifiedInvariant((later,)),
            QuantifiedInvariant((nowhere,)),
            QuantifiedInvariant((twice,)),
        )
    ] == [
        "there is no certificate for any number of devices",
        "there is no certificate for any number of devices",
        "the certificate speaks of a step",
        "a clause binds a name twice, or over no collection of the model",
        "a clause binds a name twice, or over no collection of the model",
    ]


def test_only_what_holds_can_be_shown() -> None:
    """An open verdict claims nothing; a violation is one of an instance, and no certificate for any number shows it."""
    of = family(LOCK)
    (wanted, verdict), _ = proven(of)
    assert not refusal(of, wanted, replace(verdict, answer=Answer.OPEN))
    said = refusal(of, wanted, replace(verdict, answer=Answer.VIOLATED))
    assert said == "a violation is one of an instance, never of any number of devices"


def test_a_clause_that_is_no_formula_of_the_model_is_refused() -> None:
    """A name that the model does not have is no traceback: the judge refuses."""
    of = family(LOCK)
    (wanted, verdict), _ = proven(of)
    locked = of.model.component(of.model.root).variables[0]
    for body in (
        Field("self", "nothing", locked.sort),
        Field("nobody", "locked", locked.sort),
        Read("locked", locked.sort),
    ):
        assert refusal(of, wanted, replace(verdict, certificate=QuantifiedInvariant((clause(body=body),))))


def test_without_a_start_state_nothing_is_shown() -> None:
    """Start conditions that contradict each other would make everything true; the judge says so."""
    of = family(HERE / "models" / "token.py")
    wanted, verdict = next((wanted, one) for wanted, one in proven(of) if wanted.name == "only_one_has_it")
    nobody = replace(of.original, initially=(*of.original.initially, Not(of.original.initially[0])))
    assert refusal(Family(nobody, Kinds()), wanted, verdict).startswith("there is no start state")


def test_what_the_solver_does_not_know_is_undecided(monkeypatch: Patch) -> None:
    """When the solver gives up the verdict is neither accepted nor found to be wrong."""
    of = family(LOCK)
    pairs = proven(of)
    told = solving.Proven._told
    monkeypatch.setattr(
        solving.Proven, "_told", lambda self, text: "unknown" if "(pop 1)" in text else told(self, text)
    )
    judged = judge_family(of, pairs)
    assert {(False, True)} == {(one.accepted, one.undecided) for one in judged}


# --- the script ------------------------------------------------------------------------------------------------------


def z3_says(text: str) -> list[str]:
    """The answers of z3 to a script."""
    context = z3.Context()  # kept, or it would be gone before the answer
    return str(z3.Z3_eval_smtlib2_string(context.ref(), text)).split()


def cvc5_says(text: str) -> list[str]:
    """The answers of cvc5 to a script."""
    cvc5 = importlib.import_module("cvc5")
    solver = cvc5.Solver()
    solver.setOption("incremental", "true")
    solver.setOption("finite-model-find", "true")
    solver.setOption("tlimit-per", "20000")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
    answers = []
    while not (command := parser.nextCommand()).isNull():
        answers += command.invoke(solver, parser.getSymbolManager()).split()
    return answers


SOLVERS = {"z3": z3_says, "cvc5": cvc5_says}
PROOFS = [LOCK, HERE / "models" / "two_collections.py", HERE / "models" / "mutex_pairwise.py", BENCH]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
def test_another_program_reads_the_script(path: Any, solver: str) -> None:
    """Every answer to the script of a proof is unsat; without a clause that is needed some answer is sat."""
    if solver == "cvc5":
        pytest.importorskip("cvc5")
    ask, of = SOLVERS[solver], family(path)
    for wanted, verdict in proven(of):
        known = certificate(verdict)
        text = smtlib(of.original, wanted, known)
        assert ["unsat"] * text.count("(check-sat)") == ask(text)
        assert len(re.findall(r"^; .*(keep|start state|imply|violates)", text, re.MULTILINE)) == text.count(
            "(check-sat)"
        )
    if path == LOCK:
        wanted, verdict = proven(of)[0]
        for dropped in certificate(verdict).clauses:
            fewer = QuantifiedInvariant(tuple(one for one in certificate(verdict).clauses if one is not dropped))
            assert "sat" in ask(smtlib(of.original, wanted, fewer))


def test_kinds_are_part_of_the_script() -> None:
    """Whether no impostor is inside depends on the kinds: with genuine devices alone it is shown, with both it is not."""
    path = HERE / "models" / "kinds.py"
    genuine = family(path, {"devices": ({"kind": "GENUINE"},)})
    wanted, verdict = next(pair for pair in proven(genuine) if pair[0].name == "no_impostor_inside")
    both = Kinds(kinds={"devices": ({"kind": "GENUINE"}, {"kind": "IMPOSTOR"})})
    assert "sat" not in z3_says(smtlib(genuine.original, wanted, certificate(verdict)))
    assert "sat" in z3_says(smtlib(genuine.original, wanted, certificate(verdict), both))


@pytest.mark.parametrize(
    "name", ["x1", "?1", "f0", "$f0", "this device", "work is WAITING", "locked'", "x|y", "true", "xor", "_"]
)
def test_names_cannot_be_mistaken(name: str) -> None:
    """A variable may be called like anything that the script calls its own; the proof is found and accepted as before."""
    of = Family(_called(family(LOCK).original, "locked", name), Kinds())
    assert ["", ""] == [one.reason for one in judge_family(of, proven(of))]


def _called(part: Any, old: str, new: str) -> Any:
    """A part of a model with a variable called otherwise."""
    if isinstance(part, tuple):
        return tuple(_called(one, old, new) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    changed = {one.name: _called(getattr(part, one.name), old, new) for one in fields(part) if one.init}
    return type(part)(
        **{key: new if key in ("name", "variable") and one == old else one for key, one in changed.items()}
    )
