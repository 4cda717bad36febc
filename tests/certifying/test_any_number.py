"""Certificates for any number of devices: written, accepted, and rejected when they are no proofs."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tdispmodel.certifying import standalone, standalone_any
from tdispmodel.certifying.certify import certify
from tdispmodel.certifying.writing import Writer
from tdispmodel.judging.judgement import Refused
from tdispmodel.semantics.families import Kinds
from tdispmodel.verdict import Answer
from tests.certifying.making import document
from tests.certifying.test_catalogue import certified, matrix
from tests.certifying.test_writing import checked, everything, validator
from tests.certifying.wrong_any import WRONG, made_any
from tests.parametric.designs import family, found
from tests.parametric.test_conditions import CONDITIONS, FAULTS

MODELS = {
    "token": Kinds(),
    "two_collections": Kinds(),
    "mutex_lock": Kinds(),
    "kinds": Kinds(kinds={"devices": ({"kind": "GENUINE"}, {"kind": "BROKEN"})}),
}
CHECKER = Path(standalone_any.__file__)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates of some models; there are as many as decided verdicts."""
    folder = tmp_path_factory.mktemp("right")
    decided = 0
    for name, kinds in MODELS.items():
        decided += sum(one.verdict.answer is not Answer.OPEN for one in made_any(folder, name, kinds))
    assert decided == len(list(folder.glob("[!ms]*/*.json")) + list(folder.glob("mutex*/*.json")))
    return folder


def said(folder: Path, path: Path, checker: ModuleType = standalone_any) -> str:
    """Return why the checker rejects a certificate; empty when it does not."""
    for known in (checker.family_of, checker.proven, checker.alone.system_of):
        known.cache_clear()
    try:
        assert checker.checked(folder, path)
    except Exception as error:  # noqa: BLE001  # as the checker itself does
        return f"{type(error).__name__}: {error}"
    return ""


def test_certificates_are_accepted_by_whoever_is_asked(right: Path) -> None:
    """The checker accepts all that was decided of four models, and so do z3 and cvc5 about their scripts."""
    came = certify(right)
    assert [] == [one for one in came.checked if not one.accepted]
    asked = [one for one in came.checked if "@devices=any" in one.file or ",devices=any" in one.file]
    assert len(asked) > 8
    assert {frozenset(one.solvers) for one in asked} == {frozenset({"z3", "cvc5"})}
    assert all("for any number of instances" in one.said for one in asked)


def test_documents_follow_the_schema(right: Path) -> None:
    """Each certificate is as the schema says, and what is about any number is not taken for a number, nor without
    its kinds of devices.
    """
    valid = validator("certificate")
    paths = sorted(right.glob("*/*devices=any.json"))
    for path in paths:
        one = document(path)
        assert [] == [error.message for error in valid.iter_errors(one)]
        wrong = [one | {"instances": 2}, one | {"verdict": "violated"}]
        wrong += [one | {"evidence": [{**one["evidence"][0], "about": [["devices[0]"]]}]}]
        assert not [other for other in wrong if valid.is_valid(other)]
    assert len(paths) > 8


def test_the_checker_of_numbers_skips_them_and_does_not_say_that_all_is_well(
    right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It accepts violations, skips what is about any number, and ends with exit code 3; with 1 if one is rejected."""
    assert standalone.main([str(right)]) == 3
    lines = capsys.readouterr().out.splitlines()
    skipped = [line for line in lines if line.startswith("skipped ")]
    assert skipped == [line for line in lines if "devices=any.json" in line]
    assert {line.split()[0] for line in lines} == {"skipped", "accepted"}
    (path,) = right.glob("mutex_lock/one_works*.json")
    shutil.copy(path, tmp_path)
    (tmp_path / "bad.json").write_text("{}", encoding="ascii")
    assert standalone.main([str(tmp_path)]) == 1


def test_it_needs_nothing_but_the_two_files(right: Path, tmp_path: Path) -> None:
    """Copied elsewhere, where nothing of tdispmodel can be found, the two files accept the folder."""
    for file in (CHECKER, Path(standalone.__file__)):
        shutil.copy(file, tmp_path)
    command = [sys.executable, "-I", "-S", "standalone_any.py", str(right)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (0, "") == (ran.returncode, ran.stderr)
    assert {line.split()[0] for line in ran.stdout.splitlines()} == {"accepted"}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_proof_is_rejected(name: str, right: Path, tmp_path: Path) -> None:
    """Each change makes a certificate that the checker rejects for the right reason, and the one that skips those about
    any number does not accept it either.
    """
    one = WRONG[name]
    assert said(right, right / one.certificate) == ""
    path = one.written(right, tmp_path)
    assert one.said in said(tmp_path, path)
    assert standalone.main([str(tmp_path)]) in (1, 3)


def claimed(name: str, folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Return what a search in which a condition is dropped claims, as a certificate that no judge saw."""
    one = FAULTS[name]
    with patch.context() as dropped:
        one.plant(dropped)
        of = family(CONDITIONS / f"{one.model}.py")
        verdict = found(of)[one.wanted].verdict
    (wanted,) = (wanted for wanted in of.original.properties if wanted.name == one.wanted)
    with contextlib.suppress(Refused):  # of sums and numbers no script can be written
        Writer(folder).of_any_number(of, {wanted: verdict})
    (path,) = (
        folder.glob("*/*.json")
        if not (folder / "models").exists()
        else (path for path in folder.glob("*/*.json") if path.parent.name != "models")
    )
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_search_without_a_condition_claims_is_rejected(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the argument needs a condition, a proof that was found without it is rejected; it is wrong, for with more
    devices the property is violated.
    """
    path = claimed(name, tmp_path, monkeypatch)
    assert document(path)["verdict"] == "holds"
    assert said(tmp_path, path).startswith("ValueError: ")


PLANTED = {
    "only the largest size": ("in range(1, most + 1):", "in [most]:"),
    "one size too few": ("in range(1, most + 1):", "in range(1, max(2, most)):"),
    "an action's devices are not counted": ("needs = [own, *(self.homes(kind) for _, kind in bound), ", "needs = ["),
    "an action's witnesses are not counted": (", *together(demands).values()]", "]"),
    "a clause's devices are not counted": ("widths.append(Counter(of.values()))", "widths.append(Counter())"),
    "witnesses of the start are not counted": ("for part in start).values())", "for part in start[:0]).values())"),
    "witnesses of a property are not counted": ("for _, one in given), *question.values()]", "for _, one in given)]"),
    "sums are allowed": (
        'raise ValueError("it counts instances (condition 2): " + str(written)[:60])',
        "return {}",
    ),
    "each may have its own witness": ("need(not inside,", "need(way is not None,"),
    "loops may ask about others": ("| self.demand(value, BOTH, {*names, bound}, {*names} - {bound})", ""),
    "ranges are forgotten": ("need(not reduce(system.both, facts, action.leaves)", "need(system"),
    "the start is forgotten": ("need(not system.both(system.start, ", "need(system or not system.both(system.start, "),
    "steps are forgotten": ("need(not reduce(system.both, broken, action.guard)", "need(broken"),
    "the property is forgotten": ("need(not any(reduce(system.both, facts, one) for one in sought)", "need(system"),
    "all are of the first kind": ("for one in constants[of]]", "for one in constants[of][:1]]"),
    "devices may be named": ("all(map(str.isidentifier, [*rest, variable]))", "rest is not None"),
}


@pytest.fixture(scope="module")
def pool(right: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All certificates of this module that are no proofs, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("pool")
    paths = [one.written(right, folder / f"changed{number}") for number, one in enumerate(WRONG.values())]
    patch = pytest.MonkeyPatch()
    return paths + [claimed(name, folder / f"claimed{number}", patch) for number, name in enumerate(FAULTS)]


def faulty(name: str, tmp_path: Path) -> ModuleType:
    """Return the checker with a fault, from a file beside a copy of the other one."""
    source = CHECKER.read_text(encoding="ascii")
    old, new = PLANTED[name]
    assert source.count(old) == 1
    shutil.copy(standalone.__file__, tmp_path)
    module = ModuleType("faulty")
    module.__file__ = str(tmp_path / "standalone_any.py")
    exec(compile(source.replace(old, new), module.__file__, "exec"), module.__dict__)  # noqa: S102  # our own text
    return module


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_in_the_checker_is_noticed(name: str, pool: list[Path], tmp_path: Path) -> None:
    """With the fault some certificate that is no proof is accepted; without it none is."""
    checker = faulty(name, tmp_path)
    folders = [(path.parent if path.name == "wrong.json" else path.parent.parent, path) for path in pool]
    assert [path for folder, path in folders if not said(folder, path, checker)]


def test_scripts_that_say_otherwise_or_nothing_are_no_confirmation(right: Path, tmp_path: Path) -> None:
    """A certificate about any number is rejected without a script, with one that has no obligation, with one that a
    solver refutes, and with one that has other commands.
    """
    (path,) = right.glob("mutex_lock/one_works*.json")
    script = path.with_suffix(".smt2").read_text(encoding="ascii")
    cases = {
        "right": script,
        "none": None,
        "no obligation": "(set-logic UF)\n",
        "refuted": f"{script}(push 1)\n(check-sat)\n(pop 1)\n",
        "commands": f'{script}(set-option :regular-output-channel "out")\n',
    }
    shutil.copytree(right / "models", tmp_path / "models")
    for name, text in cases.items():
        (tmp_path / name).mkdir()
        shutil.copy(path, tmp_path / name / "proof.json")
        if text is not None:
            (tmp_path / name / "proof.smt2").write_text(text, encoding="ascii")
    assert [("right", True)] == [
        (Path(one.file).parent.name, one.accepted) for one in certify(tmp_path).checked if one.accepted
    ]


def test_a_proposal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every decided verdict of some properties of a proposal for any number of devices has an accepted certificate."""
    decided = matrix(capsys, tmp_path, "initrd_autoprobe_off", "-k", "accepted or lock", "--any-number")
    came = certified(capsys, tmp_path)
    assert decided == len(came)
    assert len([one for one in came if "devices=any" in str(one["file"])]) > 5


def test_bytes_are_reproducible(tmp_path: Path) -> None:
    """The same files with the same bytes, whatever Python's hashes and the number of processes are."""
    asked = ["lock_exclusive", "atomic_revoke", "-k", "accept", "--any-number"]
    for number, (seed, jobs) in enumerate([(0, 1), (1, 2)]):
        checked(tmp_path / str(number), seed, jobs, *asked)
    first, second = (everything(tmp_path / str(number)) for number in range(2))
    assert len([name for name in first if name.endswith("devices=any.json")]) > 4
    assert first == second
    assert json.loads(first[next(name for name in first if name.endswith("any.json"))])["instances"] == "any"


def test_a_name_says_which_kinds_there_are(right: Path, tmp_path: Path) -> None:
    """Kinds that differ in one constant stand in the name; other kinds, and other values of constants, have others."""
    assert (right / WRONG["There are impostors among the devices"].certificate).is_file()
    names = set()
    for number, kinds in enumerate(
        [
            Kinds(),
            Kinds({"guarded": True}),
            Kinds(kinds={"devices": ({"kind": "BROKEN"},)}),
            Kinds({"guarded": True}, {"devices": ({"kind": "BROKEN"}, {"kind": "GENUINE"})}),
        ]
    ):
        made_any(tmp_path / str(number), "kinds", kinds)
        (path,) = (tmp_path / str(number)).glob("kinds/inside_needs_the_door*.json")
        names.add(path.name.removeprefix("inside_needs_the_door@").removesuffix(",devices=any.json"))
    assert names == {
        "devices=any.json",
        "guarded=yes",
        "devices.kind=BROKEN",
        "devices.kind=BROKEN+GENUINE,guarded=yes",
    }
