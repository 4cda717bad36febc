"""What the base model is coarse about by default adds nothing when it is switched on: shown by refinement."""

from __future__ import annotations

from pathlib import Path

from tdispmodel.analysing.refining import refine
from tdispmodel.checking.asking import Plan
from tdispmodel.reading import read, read_model
from tdispmodel.reports.refinement import Refinement
from tdispmodel.verdict import Answer

ROOT = Path(__file__).resolve().parents[2]

FULL = '''
"""A design with the one-time timeout as a trigger of its own."""
from proposals.{proposal} import {design}


class Timed({design}):
    """The timeout runs."""
    deferred_probe_timeout = True
'''

ALONE = '''
"""The same design where no other driver ever probes."""
from proposals.{proposal} import {design}


class Alone({design}):
    """Nothing triggers the deferred list."""
    other_drivers_probe = False
'''

UNSEEN = '''
"""The timeout is not seen."""
from tdispmodel.models.base import Guest, Timeout


def timeout(now: Guest) -> Timeout:
    return Timeout.RUNNING
'''

DEFERS = {"proposal": "cc_probe_defer", "design": "CcProbeDefer"}


def compared(folder: Path, texts: dict[str, str]) -> Refinement:
    """Whether the model `full` refines the model `small`, where the timeout is not seen."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    roots = (ROOT, folder)
    reading, small = read(folder / "full.py", roots), read_model(folder / "small.py", roots)
    names = {variable.name for component in small.components for variable in component.variables}
    mapping = reading.mapping_from(folder / "unseen.py", names)
    return refine(reading.model, small, mapping, Plan())


def test_the_timeout_is_one_of_the_triggers_that_one_move_stands_for(tmp_path: Path) -> None:
    """Where other drivers probe, each step of a design with the timeout is a step of the design without, or none."""
    full = FULL.format(**DEFERS)
    same = full.replace("deferred_probe_timeout = True", "deferred_probe_timeout = False")
    found = compared(tmp_path, {"full": full, "small": same, "unseen": UNSEEN})
    assert Answer.HOLDS is found.result.verdict.answer


def test_the_timeout_is_a_trigger(tmp_path: Path) -> None:
    """The comparison can fail: where no other driver probes, the timeout retries what otherwise nobody does."""
    full = FULL.format(**DEFERS) + "    other_drivers_probe = False\n"
    found = compared(tmp_path, {"full": full, "small": ALONE.format(**DEFERS), "unseen": UNSEEN})
    assert Answer.VIOLATED is found.result.verdict.answer
    assert found.result.verdict.trace is not None
    assert found.result.verdict.trace.steps[-1][0] == "time_passes"
