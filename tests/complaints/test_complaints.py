"""Bad models as data: each file in cases/ is refused with the codes and at the places that stand beside it.

``NAME.expected`` has a line per complaint: its code, then line:column, after the file's name where it is another file.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tdispmodel.reading import CATALOGUE, read
from tdispmodel.source import Rejected
from tests.complaints.page import CASES, PAGE, cases, complaints, page

INTERNAL = {"E399"}
"""What only a fault of the reader itself could bring about."""


def test_there_are_cases() -> None:
    """Every case has its expectation and every expectation its case, and there are some."""
    names = {path.stem for path in cases()}
    assert len(names) > 200
    assert names == {path.stem for path in CASES.glob("*.expected")}


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_a_bad_model_is_refused_at_the_right_place(path: Path) -> None:
    """The complaints about a bad model have the expected codes, lines and columns, and nothing else is complained about."""
    found = []
    for complaint in complaints(path):
        place = complaint.place
        other = "" if place.path == str(path) else f"{Path(place.path).name}:"
        found.append(f"{complaint.code} {other}{place.line}:{place.column}")
    assert path.with_suffix(".expected").read_text(encoding="utf-8").splitlines() == found


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_a_complaint_shows_its_line(path: Path) -> None:
    """Every complaint says something and carries the line that it is about, on which its column lies."""
    for complaint in complaints(path):
        lines = Path(complaint.place.path).read_text(encoding="utf-8").split("\n")
        assert complaint.message
        assert lines[complaint.place.line - 1] == complaint.line_text
        assert 1 <= complaint.place.column <= len(complaint.line_text) + 1


def sole(path: Path) -> str:
    """Return code and place of the only complaint about a file."""
    (complaint,) = complaints(path)
    return f"{complaint.code} {complaint.place.line}:{complaint.place.column}"


def test_a_missing_file_is_a_complaint(tmp_path: Path) -> None:
    """A path where there is nothing is refused with E101."""
    assert sole(tmp_path / "none.py") == "E101 1:1"


def test_a_folder_is_a_complaint(tmp_path: Path) -> None:
    """A folder instead of a file is refused with E101."""
    assert sole(tmp_path) == "E101 1:1"


def test_a_path_with_a_zero_byte_is_a_complaint() -> None:
    """A path that no system call takes is refused with E101."""
    assert sole(Path("a\0b")) == "E101 1:1"


def test_a_named_pipe_is_a_complaint(tmp_path: Path) -> None:
    """A named pipe that nobody writes to is refused with E101, without waiting for a writer."""
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    assert sole(pipe) == "E101 1:1"


def test_an_endless_device_is_a_complaint() -> None:
    """A device that never ends is refused with E101 before anything is read."""
    assert sole(Path("/dev/zero")) == "E101 1:1"


def test_an_unreadable_file_is_a_complaint(tmp_path: Path) -> None:
    """A file without permission to read is refused with E101 (or read, by those who may read everything)."""
    path = tmp_path / "closed.py"
    path.write_text("x = (", encoding="utf-8")
    path.chmod(0)
    assert sole(path) == ("E101 1:1" if not os.access(path, os.R_OK) else "E105 1:5")


def test_a_huge_file_is_a_complaint(tmp_path: Path) -> None:
    """A file of a hundred million bytes is refused with E102 by its size alone: it is sparse and never read."""
    path = tmp_path / "huge.py"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert sole(path) == "E102 1:1"


def test_bytes_that_are_no_text_are_a_complaint(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is refused with E103 at its column, counted in characters."""
    path = tmp_path / "bytes.py"
    path.write_bytes("# one\n# é ".encode() + b"\xff\n")
    assert sole(path) == "E103 2:5"


def test_a_zero_byte_is_a_complaint(tmp_path: Path) -> None:
    """A zero byte is refused with E104 where it stands."""
    path = tmp_path / "zero.py"
    path.write_bytes(b"# one\n# \0\n")
    assert sole(path) == "E104 2:3"


def test_a_return_without_a_new_line_is_a_complaint(tmp_path: Path) -> None:
    """A carriage return alone, which hides the rest of a line in many terminals, is refused with E104."""
    path = tmp_path / "return.py"
    path.write_bytes(b"# one\rimport os\n")
    assert sole(path) == "E104 1:6"


def test_too_many_words_are_a_complaint(tmp_path: Path) -> None:
    """More words and signs than any model needs are refused with E107 on the line where the limit is passed."""
    path = tmp_path / "words.py"
    path.write_text("# one two\n" * 20_001, encoding="utf-8")
    assert sole(path) == "E107 20001:1"  # three words and signs a line, 60000 allowed


def test_too_many_parts_are_a_complaint(tmp_path: Path) -> None:
    """A syntax tree of more nodes than any model needs is refused with E107."""
    path = tmp_path / "parts.py"
    path.write_text("a\n" * 10_001, encoding="utf-8")  # two nodes a line besides the module
    assert sole(path).startswith("E107 ")


def test_columns_count_characters(tmp_path: Path) -> None:
    """The column of a mistake behind letters of several bytes counts each letter once."""
    path = tmp_path / "letters.py"
    path.write_text('x = ("éèê", y z)\n', encoding="utf-8")
    assert sole(path) == "E105 1:13"


def test_every_code_has_a_case() -> None:
    """Each code of the catalogue, the internal one aside, is produced by a case or by a test of files above."""
    produced = {line.split()[0] for path in CASES.glob("*.expected") for line in path.read_text("utf-8").splitlines()}
    assert set(CATALOGUE) == produced | INTERNAL | {"E101", "E102", "E107"}


def test_at_most_25_complaints() -> None:
    """A file of thirty mistakes is answered by the first twenty-five."""
    text = "from tdispmodel.dsl import Component\n\n\nclass Guest(Component):\n"
    text += "".join(f"    v{number}: nothing = 0\n" for number in range(30))
    with pytest.raises(Rejected) as caught:
        read_text(text)
    assert [complaint.place.line for complaint in caught.value.complaints] == list(range(5, 30))


def read_text(text: str) -> None:
    """Read a model from a file with this text."""
    import tempfile  # noqa: PLC0415  # only here

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.py"
        path.write_text(text, encoding="utf-8")
        read(path)


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (200, "v{0}: bool = False"),
        (300, "@action(by=Actor.HOST)\n    def a{0}(self) -> None:\n        pass"),
    ],
)
def test_limits_of_a_component(count: int, line: str, tmp_path: Path) -> None:
    """As many variables or actions as the limit says are accepted, one more is refused with E324."""
    head = "from tdispmodel.dsl import Actor, Component, action\n\n\nclass Guest(Component):\n"
    for number, expected in ((count, ()), (count + 1, ("E324",))):
        path = tmp_path / "model.py"
        path.write_text(head + "".join(f"    {line.format(n)}\n" for n in range(number)), encoding="utf-8")
        assert tuple(complaint.code for complaint in complaints(path)) == expected


def test_the_page_is_fresh() -> None:
    """docs/complaints.md is what ``python -m tests.complaints.page`` writes, so it has every code."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_a_number_of_too_many_digits_is_a_complaint(tmp_path: Path) -> None:
    """A number too long for Python is refused in words for an author, without advice about Python's settings."""
    path = tmp_path / "digits.py"
    path.write_text(f"x = {'1' * 5000}\n", encoding="utf-8")
    (complaint,) = complaints(path)
    assert ("E105", "a number has too many digits to be read") == (complaint.code, complaint.message)
    assert "sys." not in complaint.shown()
