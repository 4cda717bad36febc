"""The stand-alone checker on certificates written by hand: right ones pass, wrong ones are told what is wrong."""

from __future__ import annotations

from pathlib import Path

from tests.certifying.making import why_not
from tests.certifying.wrong import RIGHT, WRONG, examples


def test_right_and_wrong_certificates_are_told_apart(tmp_path: Path) -> None:
    """Each certificate about a counter that is wrong is rejected with the reason, each that is right is accepted."""
    said = {one.name: (one.complaint, why_not(one.folder, one.path)) for one in examples(tmp_path)}
    assert dict.fromkeys(RIGHT, "") == {name: said[name][1] for name in RIGHT}
    assert {} == {name: said[name] for name in WRONG if said[name][0] not in said[name][1] or not said[name][1]}
