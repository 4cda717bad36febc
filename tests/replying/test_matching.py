"""Statements are found again by the words of their quotes, however the text is wrapped and quoted."""

from __future__ import annotations

import textwrap
from pathlib import Path

from hypothesis import given, settings, strategies as st

from tdispmodel.analysing.replying.matching import WIDEST_GAP, Passage, passages, quotes
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.debate import Statement, read_statements

STATEMENTS = read_statements(Catalogue(Path(__file__).resolve().parents[2]))

PARAPHRASED = {106, 109, 119, 128, 134, 138}
"""The map says in its own words what was said, or quotes too few of the words."""


def test_nearly_every_statement_can_be_found() -> None:
    """All statements but a few quote enough words to be found again, and all of the mail that started it do."""
    without = {number for number, known in STATEMENTS.items() if not list(quotes(known.quote))}
    assert without <= PARAPHRASED


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(set(STATEMENTS) - PARAPHRASED)),
    st.integers(24, 76),
    st.integers(0, 3),
    st.integers(0, WIDEST_GAP // 4),
    st.booleans(),
)
def test_a_statement_is_found(number: int, width: int, level: int, left_out: int, upper: bool) -> None:
    """The words of a quote, with others where some are left out, in lines of any width, quoted to any depth."""
    pieces = max(quotes(STATEMENTS[number].quote), key=lambda each: sum(map(len, each)))
    said = f" {'zz ' * left_out}".join(" ".join(piece) for piece in pieces)
    text = f"zz {said.upper() if upper else said}, zz zz. Qq qq."
    lines = [f"{'> ' * level}{line}" for line in textwrap.wrap(text, width, break_on_hyphens=False)]
    found = [passage for passage in passages(["qq", "", *lines, "", "qq"], STATEMENTS) if passage.number == number]
    assert len(found) == 1
    assert 2 <= found[0].first <= found[0].last < 2 + len(lines)
    assert found[0].last == next(place for place, line in enumerate(lines, start=2) if "," in line)


def one(quote: str) -> dict[int, Statement]:
    """Return a map of one statement."""
    return {1: Statement(1, quote, "somebody")}


def test_the_answer_stands_under_the_end_of_the_sentence() -> None:
    """Or of the paragraph, where that ends first; what is said twice is answered once."""
    known = one('"never binds before RUN"')
    text = ["It never binds", "before RUN, I think", "so."]
    assert passages(text, known) == [Passage(1, 0, 1)]
    assert passages(["never binds before RUN I", "think so", "", "never binds before RUN."], known) == [
        Passage(1, 0, 1)
    ]
    assert passages(["> never binds before RUN", "Agree."], known) == [Passage(1, 0, 0)]


def test_what_is_not_said() -> None:
    """Other words, words in another order, and words of two speakers are no statement."""
    known = one('"never binds before RUN"')
    for text in (["never bind before RUN"], ["before RUN never binds"], ["> never binds", "before RUN"], []):
        assert passages(text, known) == []


def test_words_left_out() -> None:
    """Three dots stand for some words, not for a page of them, and pieces keep their order."""
    known = one('"locked first ... then bound"')
    assert passages(["locked first, then bound"], known)
    assert passages([f"locked first {'x ' * WIDEST_GAP}then bound"], known)
    assert not passages([f"locked first {'x ' * (WIDEST_GAP + 1)}then bound"], known)
    assert not passages(["then bound, locked first"], known)


def test_marks_within_marks() -> None:
    """A quote may hold quotation marks of the other kind, and one entry several quotes."""
    assert list(quotes("""'the "prepare" driver of it'""")) == [(("the", "prepare", "driver", "of", "it"),)]
    assert list(quotes('''"the 'prepare' driver"; "and its module"''')) == [
        (("the", "prepare", "driver"),),
        (("and", "its", "module"),),
    ]
    assert list(quotes('"Agree"; in other words')) == []
