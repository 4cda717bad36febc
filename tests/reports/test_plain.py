"""The rules of plain text: ASCII, width, and commands that can be pasted."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from hypothesis import given, strategies as st

from tdispmodel.reports.plain import WIDTH, ascii_only, command, cut, packed, paragraph


@given(st.text())
def test_every_text_becomes_one_line_of_printable_ascii(text: str) -> None:
    """No text brings control characters, line ends or foreign letters into a report."""
    assert all(" " <= character <= "~" for character in ascii_only(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("K\u00f6nig \u2014 \u201cno\u201d\u2026", 'Konig -- "no"...'),
        ("a\tb\nc", "a b c"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u0416\U0001f512", "\\u0416\\U0001f512"),
        ("\u202eevil", "\\u202eevil"),
    ],
)
def test_foreign_characters(text: str, shown: str) -> None:
    """Accents go, typographic marks become plain, everything else is shown as an escape and never acts."""
    assert shown == ascii_only(text)


def test_what_is_cut_says_so() -> None:
    """A cut text ends in dots and has the width asked for; one that fits is left alone."""
    assert ("abc", "ab...", "abcde") == (cut("abc", 5), cut("abcdef", 5), cut("abcde", 5))


@given(st.lists(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=100), max_size=8))
def test_packed_items_fit_and_none_is_lost(items: list[str]) -> None:
    """Lines are never wider than asked, and without blanks they are the items in their order."""
    lines = packed(items, 40, "; ")
    assert all(len(line) <= 40 for line in lines)
    assert ";".join(items).replace(" ", "") == "".join(lines).replace(" ", "")


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=500), st.integers(0, 40))
def test_paragraphs_fit_and_lose_nothing(text: str, indent: int) -> None:
    """Every line is at most 72 wide and begins with its indent; the words are all there."""
    lines = paragraph(text, " " * indent, together=(" = ",))
    assert all(len(line) <= WIDTH for line in lines)
    assert all(line.startswith(" " * indent) for line in lines)
    assert "".join(text.split()) == "".join("".join(lines).split())


WORDS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=120)


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(0, 24))
def test_commands_fit_and_mean_the_same_words(words: list[str], indent: int) -> None:
    """A command broken over lines is read by a shell as the very words that it was made of."""
    lines = command(words, " " * indent)
    assert all(len(line) <= WIDTH for line in lines)
    assert words == shlex.split("\n".join(lines).replace("\\\n", ""))


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_reads_foreign_words_back() -> None:
    """Words that are not ASCII, and words with quotes or control characters, reach a program as they were."""
    words = ["entwurf_\u00e4.py", "a'b", "--set", "x=$(id)", "\U0001f512" * 30, "y" * 90, "tab\there", ""]
    text = "\n".join(command(["printf", "%s|", *words]))
    done = subprocess.run(["bash", "-c", text], check=True, capture_output=True, env={"LC_ALL": "C.UTF-8"}, timeout=20)
    assert "".join(f"{word}|" for word in words) == done.stdout.decode("utf-8")


def test_a_word_that_fits_alone_fits_behind_the_indent() -> None:
    """A quoted word of 54 characters behind a label of 15 and an indent of 2 leaves no room for the backslash."""
    word = f"{'x' * 45}[0]=yes"
    lines = command(["tdispmodel", "check", word, word], " " * 15)
    assert all(len(line) <= WIDTH for line in lines)
