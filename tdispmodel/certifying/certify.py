"""A folder of certificates checked again: by the stand-alone checker, and its scripts by several solvers.

Given a folder, `certify` runs the stand-alone checker in a process of its own, where it can import nothing of
tdispmodel, and asks each solver that did not find a proof itself about its script.  A certificate is accepted if the
checker accepts it and no solver says otherwise; one about any number of instances if a solver confirms it, besides.
`render` and `document` tell what came of it.
"""

from __future__ import annotations

import glob
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tdispmodel.certifying import standalone_any
from tdispmodel.certifying.solving import WITH_QUANTIFIERS, answers, installed, is_script
from tdispmodel.engines.paranoid import FAMILIES, OVER_Z3
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.reports.plain import ascii_only, packed

FOUND_BY_Z3 = frozenset(name for name, family in FAMILIES.items() if family == OVER_Z3)
"""Engines whose proofs z3 found, so that z3 saying so again adds nothing."""

QUESTION = "(check-sat)"
UNSAT, SAT = "unsat", "sat"


@dataclass(frozen=True)
class Checked:
    """What came of one certificate: its file, whether it is accepted, what the checker says, and for each solver that
    was asked how many obligations it confirmed, or what it said instead.
    """

    file: str
    accepted: bool
    said: str
    solvers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Certified:
    """What came of a folder."""

    checked: tuple[Checked, ...]
    solvers: tuple[str, ...]

    @property
    def rejected(self) -> int:
        """How many certificates are not accepted."""
        return sum(not one.accepted for one in self.checked)


def certify(folder: Path, progress: Progress = silent) -> Certified:
    """Check all certificates of a folder."""
    solvers = installed()
    checked: list[Checked] = []
    for one in stand_alone(folder):
        checked.append(one)
        progress(f"{len(checked)} certificates checked")
    for solver in solvers:
        progress(f"{solver} is asked about scripts")
        checked = confirmed(folder, checked, solver)
    return Certified(tuple(_by_somebody(folder, one) for one in checked), solvers)


def _by_somebody(folder: Path, one: Checked) -> Checked:
    """Return what came of a certificate; one about any number of instances must be confirmed by a solver."""
    confirmed = any(said.endswith(f" {UNSAT}") and said[0].isdigit() for said in one.solvers.values())
    if not one.accepted or confirmed or not _about_any_number(folder / one.file):
        return one
    return replace(one, accepted=False, said=f"{one.said}, but no solver confirms its script")


def stand_alone(folder: Path) -> Iterator[Checked]:
    """Yield what the stand-alone checker says of each certificate.

    Raises RuntimeError when it ends as it should not.
    """
    program = [sys.executable, "-I", str(Path(standalone_any.__file__)), str(folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603  # our own program
        try:
            for line in running.stdout or ():
                word, file, said = (*line.rstrip("\n").split("  ", 2), "", "")[:3]
                yield Checked(file, word == "accepted", said)
        except BaseException:
            running.kill()  # nobody listens any more
            raise
    if running.returncode not in (0, 1, 4):
        message = f"the stand-alone checker ended with exit code {running.returncode}"
        raise RuntimeError(message)


def confirmed(folder: Path, checked: Sequence[Checked], solver: str) -> list[Checked]:
    """Return what came of certificates once a solver was asked about the scripts of proofs that it did not find."""
    scripts: list[tuple[int, Path]] = []
    for number, one in enumerate(checked):
        mine = scripts_of(folder / one.file)
        if not mine or (solver == "z3" and FOUND_BY_Z3 & set(_field(folder / one.file, "engine").split("+"))):
            continue
        if solver not in WITH_QUANTIFIERS and _about_any_number(folder / one.file):
            continue
        scripts += [(number, script) for script in mine]
    wrong = {number: f"{script.name} is no list of obligations" for number, script in scripts if not is_script(script)}
    agreed = dict.fromkeys(wrong, 0)
    rejected = set(wrong)
    scripts = [(number, script) for number, script in scripts if number not in wrong]
    said = answers(solver, [script for _, script in scripts])
    for (number, script), words in zip(scripts, said, strict=True):
        asked = script.read_text(encoding="ascii", errors="replace").count(QUESTION)
        agreed[number] = agreed.get(number, 0) + asked
        if not asked or words != [UNSAT] * asked:
            first = next((place for place, word in enumerate(words) if word != UNSAT), len(words))
            told = " ".join(words[first : first + 8]) or "no answer"
            wrong.setdefault(number, ascii_only(f"obligation {first + 1} of {script.name}: {told}")[:200])
            if not asked or SAT in words or not _about_any_number(folder / checked[number].file):
                rejected.add(number)  # not to know about quantifiers is not to say otherwise
    return [
        replace(
            one,
            accepted=one.accepted and number not in rejected,
            solvers=one.solvers | {solver: wrong.get(number, f"{agreed[number]} {UNSAT}")},
        )
        if number in agreed
        else one
        for number, one in enumerate(checked)
    ]


def scripts_of(path: Path) -> list[Path]:
    """Return the scripts of a certificate: ``name.smt2`` or, where instances have different proofs, ``name.1.smt2``."""
    stem = path.name.removesuffix(".json")
    plain, *numbered = [path.with_name(f"{stem}.smt2"), *sorted(path.parent.glob(f"{glob.escape(stem)}.*.smt2"))]
    found = [one for one in numbered if one.name[len(stem) + 1 : -len(".smt2")].isdigit()]
    return [plain] if plain.is_file() else found


def _field(path: Path, name: str) -> str:
    try:
        return str(json.loads(path.read_bytes())[name])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _about_any_number(path: Path) -> bool:
    return _field(path, "instances") == "any"


def render(certified: Certified, *, verbose: bool = False, width: int = 72) -> str:
    """Return what came of it as text: what was rejected (all certificates, if ``verbose``), and how many were not."""
    lines: list[str] = []
    for one in certified.checked:
        if one.accepted and not verbose:
            continue
        lines.append(f"{'ok' if one.accepted else 'REJECTED':8}  {one.file}")
        told = [one.said, *(f"{solver}: {said}" for solver, said in one.solvers.items())]
        lines += [f"          {line}" for line in packed(told, width - 10)]
    total = len(certified.checked)
    scripts = [one for one in certified.checked if one.solvers]
    lines.append(f"{total} certificates: {total - certified.rejected} accepted, {certified.rejected} rejected")
    if scripts:
        lines += packed([f"solvers asked about {len(scripts)} of them: {_counted(certified, scripts)}"], width)
    return "\n".join(lines) + "\n"


def _counted(certified: Certified, scripts: Sequence[Checked]) -> str:
    def agreed(solver: str) -> int:
        return sum(one.solvers.get(solver, "").endswith(UNSAT) for one in scripts)

    return ", ".join(
        f"{solver} confirms {agreed(solver)}"
        for solver in certified.solvers
        if any(solver in one.solvers for one in scripts)
    )


def document(certified: Certified, code: int) -> str:
    """Return what came of it as JSON, ``tdispmodel/certification/1``."""
    found = {
        "schema": "tdispmodel/certification/1",
        "exit": int(code),
        "solvers": list(certified.solvers),
        "certificates": [
            {"file": one.file, "accepted": one.accepted, "said": one.said, "solvers": one.solvers}
            for one in certified.checked
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=True) + "\n"
