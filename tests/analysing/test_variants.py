"""Reading the list of variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.analysing.variants import Variant, variants
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.source import Rejected
from tests.analysing.lamps import catalogue


def test_variants(tmp_path: Path) -> None:
    """Each table is a variant, in the order of the file, with words as the command line takes them."""
    found = variants(catalogue(tmp_path))
    assert ["storm", "no_wire", "dark_storm", "calm"] == [one.name for one in found]
    assert (
        Variant("calm", "A storm without a surge.", {"storms": "True"}, ("host.surge",), None, ("plain",)) == found[3]
    )
    assert ("storms=True", "without host.surge") == found[3].assumptions


def test_no_file(tmp_path: Path) -> None:
    """A catalogue without the file has no variants."""
    assert () == variants(Catalogue(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[storm", "Expected ']'"),
        ("storm = 1", "storm is no table"),
        ("[storm]\nset = { wired = true }", "storm does not say why it matters"),
        ('[storm]\nwhy = "because"', "storm changes nothing"),
        ('[storm]\nset = { wired = 1.5 }\nwhy = "because"', "set of storm is no table of words"),
        ('[storm]\nset = ["wired"]\nwhy = "because"', "set of storm is no table of words"),
        ('[storm]\nwithout = "host.surge"\nwhy = "because"', "without of storm is no list of names"),
        ('[storm]\ndevices = 0\nwhy = "because"', "devices of storm is no number from 1"),
        ('[storm]\ndevices = true\nwhy = "because"', "devices of storm is no number from 1"),
        ('[storm]\ndevices = 2\nproposals = ["nobody"]\nwhy = "because"', "names 'nobody', which is no proposal"),
        ('[storm]\ndevices = 2\nnot_of = ["nobody"]\nwhy = "because"', "names 'nobody', which is no proposal"),
        ('[storm]\nsets = 1\nwhy = "because"', "storm has a key 'sets'"),
        ('["a storm"]\ndevices = 2\nwhy = "because"', "'a storm' is no name"),
        ('["\\u0007"]\nwhy = "because"', "is no name"),
    ],
)
def test_hostile_files(tmp_path: Path, text: str, told: str) -> None:
    """Whatever is wrong with the file is a complaint that says what, and where."""
    with pytest.raises(Rejected) as raised:
        variants(catalogue(tmp_path, text))
    (complaint,) = raised.value.complaints
    assert complaint.code == "E622"
    assert told in complaint.message
    assert complaint.place.path.endswith("variants.toml")


def test_all_mistakes_are_told(tmp_path: Path) -> None:
    """What is wrong with several variants is told together."""
    with pytest.raises(Rejected) as raised:
        variants(catalogue(tmp_path, "one = 1\ntwo = 2\n"))
    assert ["one", "two"] == [complaint.message.split()[-4] for complaint in raised.value.complaints]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file that is no text is a complaint."""
    known = catalogue(tmp_path)
    (tmp_path / "proposals" / "variants.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Rejected, match="cannot be read"):
        variants(known)
