"""What makes a program feel at home: its manual page, the shells' completions, and ``doctor``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.cli import doctor, main
from tdispmodel.cli.arguments import SHELLS, VERBS, parser_of
from tdispmodel.cli.shells import FOLDER, MANUAL, roff, texts
from tdispmodel.engines.registry import ENGINES
from tdispmodel.verdict import Answer
from tests.exporting.peers import needed

Capture = pytest.CaptureFixture[str]


def test_what_is_shipped_is_up_to_date() -> None:
    """The files are what the parsers give now; ``make shipped`` writes them anew."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == dict(texts())


def test_the_page_is_good_roff() -> None:
    """Groff has nothing to say to the page, with all of its warnings."""
    needed("groff")
    ended = subprocess.run(
        ["groff", "-man", "-ww", "-z", str(FOLDER / MANUAL)], capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_has_every_option(verb: str) -> None:
    """Each command has a section with all of its options."""
    page = (FOLDER / MANUAL).read_text(encoding="utf-8")
    section = page.partition(f".SS tdispmodel {verb}")[2].partition(".SS ")[0]
    offered = {option for action in parser_of(verb)._actions for option in action.option_strings}
    assert {roff(option) for option in offered - {"-h", "--help"}} <= set(re.findall(r"\\fB(.*?)\\fR", section))


def test_bash_completes_a_proposal(tmp_path: Path) -> None:
    """Half a name becomes the only proposal that begins like that; an option is completed, too."""
    bash = shutil.which("bash")
    assert bash
    script = """
source "$1"
function=$(complete -p tdispmodel | sed 's/.*-F \\([^ ]*\\).*/\\1/')
complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $function; echo "${COMPREPLY[@]}"; }
complete_words tdispmodel check initrd
complete_words tdispmodel check --dev
complete_words tdispmodel matr
"""
    program = tmp_path / "tdispmodel"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tdispmodel "$@"\n')
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ended = subprocess.run(
        [bash, "-c", script, "bash", str(FOLDER / "tdispmodel.bash")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == ["initrd_autoprobe_off", "--devices", "matrix"]


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_printed(shell: str, capsys: Capture) -> None:
    """The command prints the file of the shell."""
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out == (FOLDER / f"tdispmodel.{shell}").read_text(encoding="utf-8")


def test_names_alone(capsys: Capture) -> None:
    """A list of names is a name a line, and nothing else: what a shell wants."""
    assert main(["list", "engines", "--names"]) == 0
    assert capsys.readouterr().out.split("\n") == ["auto", *ENGINES, ""]


def test_doctor(capsys: Capture) -> None:
    """Every engine is asked or said not to be, every program named, and what answers gives the known answer."""
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    for name in (*ENGINES, *doctor.PROGRAMS):
        assert re.search(rf"^  {re.escape(name)} ", shown, re.MULTILINE), name
    assert re.search(r"^  explicit +FAIL 3, ", shown, re.MULTILINE)
    assert "which is wrong" not in shown
    assert all(len(line) <= 72 for line in shown.splitlines())


@pytest.mark.parametrize("fault", ["holds", "longer", "raises", "silent"])
def test_doctor_finds_what_is_wrong(fault: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that says that all is well, whose shortest counterexample is not the shortest, that fails or says
    nothing ends in exit code 1, and is named.
    """
    kept = doctor.run

    def lying(request: doctor.Request) -> object:
        if fault == "raises":
            raise ImportError
        ran = kept(request)
        (result,) = ran.report.results
        verdict = result.verdict
        changed = {
            "holds": lambda: (replace(result, verdict=replace(verdict, answer=Answer.HOLDS, trace=None)),),
            "longer": lambda: (replace(result, verdict=replace(verdict, trace=_longer(verdict.trace))),),
            "silent": tuple,
        }[fault]()
        return replace(ran, report=replace(ran.report, results=changed))

    monkeypatch.setattr(doctor, "ENGINES", {"explicit": ENGINES["explicit"]})
    monkeypatch.setattr(doctor, "run", lying)
    assert main(["doctor"]) == 1
    assert re.search(r"^  explicit +(fails|.*, which is wrong)", capsys.readouterr().out, re.MULTILINE)


def _longer(trace: object) -> object:
    """Return a behaviour with its last step twice."""
    return replace(trace, steps=(*trace.steps, trace.steps[-1]))  # type: ignore[attr-defined]  # a trace
