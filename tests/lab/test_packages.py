"""Kernels among Debian's packages, without asking apt for any."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.lab.kernels.apt import NoLab, unstable_entry
from tdispmodel.lab.kernels.packages import Series, newest, numbers, unpacked

NAMES = (
    "linux-image-6.12.99+deb12-cloud-amd64",
    "linux-image-6.12.117+deb12-cloud-amd64",
    "linux-image-6.12.118+deb12-cloud-amd64-unsigned",
    "linux-image-6.1.0-54-cloud-amd64",
    "linux-image-7.2.13+deb14-cloud-amd64",
)


def test_the_newest_is_by_numbers() -> None:
    """117 is more than 99, though less as a text; unsigned packages and other series are left out."""
    assert newest(NAMES, Series.STABLE) == "6.12.117+deb12-cloud-amd64"
    assert newest(NAMES, Series.UNSTABLE) == "7.2.13+deb14-cloud-amd64"
    assert numbers("6.12.117+deb12") == (6, 12, 117)


def test_no_kernel_is_said() -> None:
    """Where no package is of the series, that is said, with what to do."""
    with pytest.raises(NoLab, match="apt-get update"):
        newest(NAMES[3:], Series.STABLE)


def test_an_entry_in_paragraphs() -> None:
    """Of a deb822 list the first whole suite gives the entry, with its address and key; suites of updates do not."""
    text = (
        "Types: deb\nURIs: mirror:one\nSuites: bookworm-security\nComponents: main\n\n"
        "# a comment\nTypes: deb\nURIs: mirror:two\nSuites: bookworm bookworm-updates\nComponents: main\n"
        "Signed-By: /key\n"
    )
    wanted = "Types: deb\nSuites: unstable\nComponents: main\nURIs: mirror:two\nSigned-By: /key"
    assert unstable_entry([text]) == wanted


def test_an_entry_in_one_line() -> None:
    """Of a one-line list the suite is replaced, and options and address stay."""
    text = "# deb a b main\ndeb-src mirror:one trixie main\ndeb [signed-by=/key] mirror:two trixie main contrib\n"
    assert unstable_entry(["", text]) == "deb [signed-by=/key] mirror:two unstable main"


def test_no_entry_is_said() -> None:
    """A list without a whole suite of Debian gives no entry, and that is said."""
    with pytest.raises(NoLab, match="no entry"):
        unstable_entry(["deb mirror:one bookworm-security main\n"])


@pytest.mark.parametrize("image", ["boot/vmlinuz-7.2-cloud-amd64", "usr/lib/modules/7.2-cloud-amd64/vmlinuz"])
def test_both_places_of_the_image(tmp_path: Path, image: str) -> None:
    """The image is in /boot, or beside the modules, as Debian has it since 7.x; the release is the folder's name."""
    (tmp_path / "usr/lib/modules/7.2-cloud-amd64").mkdir(parents=True)
    (tmp_path / image).parent.mkdir(exist_ok=True)
    (tmp_path / image).touch()
    found = unpacked(tmp_path)
    assert (found.release, found.image, found.gates_hot_added) == ("7.2-cloud-amd64", tmp_path / image, True)
