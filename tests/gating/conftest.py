"""The programs that really read our formats, where they are: on the path, or in the folder where ``.ci/run`` puts them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLS = Path(os.environ.get("TDISPMODEL_TOOLS", "") or Path.home() / ".cache" / "tdispmodel-tools")
PLACES = {
    "sarif-multitool": TOOLS / "sarif-multitool" / "Sarif.Multitool",
    "junit-xsd": TOOLS / "junit-10.xsd",
    "check-jsonschema": TOOLS / "venv" / "bin" / "check-jsonschema",
    "pre-commit": TOOLS / "venv" / "bin" / "pre-commit",
    "b4": TOOLS / "venv" / "bin" / "b4",
    "junitparser": TOOLS / "venv" / "bin" / "junitparser",
    "markdown-it": TOOLS / "venv" / "bin" / "markdown-it",
}

Consumer = Callable[[str], str]
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def consumer() -> Consumer:
    """Where a consumer is.  Without it the test is skipped, unless ``TDISPMODEL_REQUIRE`` names it: then it fails."""

    def find(name: str) -> str:
        place = PLACES.get(name)
        path = (str(place) if place.exists() else None) if place is not None else shutil.which(name)
        if path is None:
            missing = f"{name} is not installed"
            if name in {one.strip() for one in os.environ.get("TDISPMODEL_REQUIRE", "").split(",")}:
                pytest.fail(missing)
            pytest.skip(missing)
        return path

    return find


@pytest.fixture
def python_of_consumers(consumer: Consumer) -> Callable[[str, str], str]:
    """Run a few lines of Python where a consumer is installed, with text on stdin; what they print."""

    def run(name: str, program: str, text: str = "") -> str:
        python = Path(consumer(name)).with_name("python")
        ended = subprocess.run([python, "-c", program], input=text, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run
