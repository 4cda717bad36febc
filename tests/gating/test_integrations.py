"""The composite action, the hook, the pipelines and the pytest plugin: by their validators, and by being run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOM
from tests.gating.conftest import Consumer

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = {
    "action.yml": "vendor.github-actions",
    "docs/ci/github-workflow.yml": "vendor.github-workflows",
    "docs/ci/gitlab-ci.yml": "vendor.gitlab-ci",
}
STEPS = """
import json, sys
from ruamel.yaml import YAML
action = YAML(typ="safe", pure=True).load(sys.stdin)
print(json.dumps([action["inputs"], action["runs"]["steps"]]))
"""
WAIVER = (
    '[[waivers]]\nproposal = "room"\nproperty = "TDM901"\nverdict = "violated"\nreason = "a lamp that is never on"\n'
)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A project with a model file, an empty catalogue and a file of expectations."""
    (tmp_path / "pyproject.toml").write_text("")
    for folder in ("proposals", "properties"):
        (tmp_path / folder).mkdir()
    (tmp_path / "room.py").write_text(ROOM)
    (tmp_path / "expectations.toml").write_text('[check]\nproposals = ["room.py"]\n')
    return tmp_path


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas(name: str, consumer: Consumer, tmp_path: Path) -> None:
    """The file is as its schema says; a key that the schema of actions does not know is noticed."""
    checker = consumer("check-jsonschema")
    words = [checker, "--builtin-schema", SCHEMAS[name]]
    assert subprocess.run([*words, str(ROOT / name)], capture_output=True, check=False).returncode == 0
    if name == "action.yml":
        broken = tmp_path / "broken.yml"
        broken.write_text((ROOT / name).read_text() + "\nartefacts: [3]\n")
        assert subprocess.run([*words, str(broken)], capture_output=True, check=False).returncode == 1


def test_hook(consumer: Consumer) -> None:
    """The manifest is one that pre-commit accepts."""
    words = [consumer("pre-commit"), "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("case", ["failing", "passing", "hostile"])
def test_the_action_runs(case: str, room: Path, python_of_consumers: Callable[[str, str, str], str]) -> None:
    """The action's last step, run by bash as a runner does, ends with the gate's exit code, and leaves annotations,
    SARIF, JUnit and a summary in either case; inputs come as variables, so that what they say is never run, and no line
    that quotes a model file is a command to the runner.
    """
    code = {"failing": 1, "passing": 0, "hostile": 2}[case]
    inputs, steps = json.loads(python_of_consumers("check-jsonschema", STEPS, (ROOT / "action.yml").read_text()))
    tool = room / "temp" / "tdispmodel" / "bin" / "tdispmodel"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tdispmodel "$@"\n')
    tool.chmod(0o755)
    if case == "passing":
        (room / "waivers.toml").write_text(WAIVER)
    if case == "hostile":
        (room / "room.py").write_text("::error title=hacked::\n")
    given = {key.upper(): str(value["default"]) for key, value in inputs.items()}
    given["SELECT"] = "dark"
    given["PROPOSALS"] = "room.py" if case == "failing" else ""
    environment = {
        **os.environ,
        **given,
        "RUNNER_TEMP": str(room / "temp"),
        "GITHUB_STEP_SUMMARY": str(room / "summary"),
    }
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[-1]["run"]]
    ended = subprocess.run(words, cwd=room, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    lines = [line.strip() for line in ended.stdout.splitlines()]
    assert lines[0].startswith("::stop-commands::")
    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    heard = lines[lines.index(f"::{token}::") + 1 :]  # a runner takes no command between the two
    assert heard[-1].startswith("::notice title=tdispmodel gate::gate")
    assert any(line.startswith("::error ") for line in heard) == (code != 0)
    assert not any(line.startswith("::error title=hacked") for line in heard)
    assert any("title=hacked" in line for line in lines) == (case == "hostile")
    assert ended.stderr == ""
    assert json.loads((room / "tdispmodel.sarif").read_text())["version"] == "2.1.0"
    assert (room / "tdispmodel.xml").read_text().startswith("<?xml")
    assert (room / "summary").read_text().startswith("### tdispmodel gate")
    assert "${{" not in steps[-1]["run"]
    assert set(steps[-1]["env"]) == set(given)


def pytest_of(room: Path, *words: str) -> tuple[int, str]:
    """Run pytest with the plugin in a folder; its exit code and what it said."""
    program = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tdispmodel.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-rA",
        *words,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # others take seconds to load
    ended = subprocess.run(program, cwd=room, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def test_the_plugin_fails_with_the_counterexample(room: Path) -> None:
    """Each property is a test; the violated one fails with its steps and without a traceback, the others pass."""
    code, said = pytest_of(room, "--tdispmodel")
    assert code == 1
    assert "FAILED expectations.toml::room[TDM901 stays_dark]" in said
    assert "PASSED expectations.toml::room[TDM904 light]" in said
    assert "1  userspace  press" in said
    assert "Traceback" not in said
    assert "pytest_plugin.py" not in said
    assert "1 failed, 4 passed" in said


def test_the_plugin_knows_waivers(room: Path) -> None:
    """What is waived is xfail with the reason, and a waiver that excuses nothing fails a test of its own."""
    (room / "waivers.toml").write_text(WAIVER)
    code, said = pytest_of(room, "--tdispmodel")
    assert code == 0
    assert "4 passed, 1 xfailed" in said
    assert "a lamp that is never on" in said
    (room / "waivers.toml").write_text(WAIVER + WAIVER.replace("TDM901", "TDM904").replace('"room"', '"room"'))
    code, said = pytest_of(room, "--tdispmodel", "-q")
    assert code == 1
    assert "FAILED expectations.toml::entries" in said
    assert "waivers.toml:6:1: stale waiver: room TDM904 is waived where it is violated, but now: holds" in said


def test_the_plugin_waits_to_be_asked(room: Path) -> None:
    """Without ``--tdispmodel`` it collects nothing, and a bad file is told of only when it is asked for."""
    (room / "expectations.toml").write_text("nonsense = 3\n")
    assert pytest_of(room)[0] == 5  # no tests
    code, said = pytest_of(room, "--tdispmodel")
    assert code == 2
    assert "expectations.toml:1:1: E640: nonsense means nothing here" in said


def test_the_plugin_is_found() -> None:
    """The package names the plugin where pytest looks for plugins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"tdispmodel": "tdispmodel.pytest_plugin"}


def test_the_plugin_loads_nothing() -> None:
    """To load it loads nothing of the package but itself."""
    program = (
        "import sys, tdispmodel.pytest_plugin; print([n for n in sys.modules if n.startswith(('tdispmodel.', 'z3'))])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "['tdispmodel.pytest_plugin']"
