"""The border between broken and unbroken sets: the same as by asking about every set."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from tdispmodel.analysing.border import Asked, Border, Names, border, hitting_all, largest_of, smallest_of
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.verdict import Answer
from tests.laws.random_systems import law

LETTERS = "abcdef"


def subsets(universe: str) -> list[Names]:
    """Return every set of letters."""
    return [frozenset(chosen) for size in range(len(universe) + 1) for chosen in combinations(universe, size)]


def names_of(found: Border) -> tuple[list[Names], list[Names]]:
    """Return the two sides of a border, without what is known about them."""
    return [one.names for one in found.broken], [one.names for one in found.unbroken]


sets = st.frozensets(st.sampled_from(LETTERS))


@law(300)
@given(st.lists(sets, max_size=5), st.data())
def test_as_by_trying_all(breaking: list[Names], data: st.DataObject) -> None:
    """Whatever breaks, and whatever part of a broken set the oracle says is enough, the border is that of all sets."""

    def oracle(names: Names) -> Asked:
        reasons = [one for one in breaking if one <= names]
        if not reasons:
            return Asked(Answer.HOLDS)
        enough = data.draw(st.sampled_from(reasons)) | data.draw(st.frozensets(st.sampled_from(sorted(names) or ["a"])))
        return Asked(Answer.VIOLATED, enough & names)

    asked: dict[Names, Asked] = {}
    found = border(LETTERS, lambda names: asked.setdefault(names, asked.get(names) or oracle(names)))
    broken = [names for names in subsets(LETTERS) if any(one <= names for one in breaking)]
    unbroken = [names for names in subsets(LETTERS) if names not in broken]
    assert (smallest_of(broken), largest_of(unbroken)) == names_of(found)
    assert all(one.sure for one in (*found.broken, *found.unbroken))
    assert found.complete
    assert () == found.undecided


@law(300)
@given(st.lists(sets, max_size=5), st.frozensets(sets, max_size=12))
def test_open_answers(breaking: list[Names], blank: frozenset[Names]) -> None:
    """With open answers nothing wrong is said, what is called sure is so, and every set is on one side or undecided."""

    def oracle(names: Names) -> Asked:
        if names in blank:
            return Asked(Answer.OPEN)
        return Asked(Answer.VIOLATED, names) if any(one <= names for one in breaking) else Asked(Answer.HOLDS)

    found = border(LETTERS, oracle)
    least = smallest_of(names for names in subsets(LETTERS) if any(one <= names for one in breaking))
    most = largest_of(names for names in subsets(LETTERS) if not any(one <= names for one in breaking))
    for one in found.broken:
        assert any(known <= one.names for known in least)
        assert not one.sure or one.names in least
    for one in found.unbroken:
        assert any(one.names <= known for known in most)
        assert not one.sure or one.names in most
    broken, unbroken = names_of(found)
    for names in subsets(LETTERS):
        told = any(known <= names for known in (*broken, *found.undecided)) or any(names <= known for known in unbroken)
        assert told
    assert set(found.undecided) <= blank
    assert found.complete


def test_one_question_when_nothing_breaks() -> None:
    """If the whole universe is unbroken, no other set is asked about."""
    asked: list[Names] = []

    def oracle(names: Names) -> Asked:
        asked.append(names)
        return Asked(Answer.HOLDS)

    found = border(LETTERS, oracle)
    assert [frozenset(LETTERS)] == asked
    assert ([], [frozenset(LETTERS)]) == names_of(found)


def test_broken_with_nothing() -> None:
    """If the empty set is broken, it is the only smallest one, and no set is unbroken."""
    found = border(LETTERS, lambda _: Asked(Answer.VIOLATED, frozenset()))
    assert ([frozenset()], []) == names_of(found)


def test_nothing_known() -> None:
    """If every answer is open, nothing is claimed."""
    found = border("ab", lambda _: Asked(Answer.OPEN))
    assert ([], []) == names_of(found)
    assert frozenset() in found.undecided


def test_many_sets_end() -> None:
    """A universe with too many smallest sets is given up, and the border says so."""
    letters = [f"x{number}" for number in range(24)]
    found = border(letters, lambda names: Asked(Answer.VIOLATED if len(names) >= 12 else Answer.HOLDS, names))
    assert not found.complete
    assert all(len(one.names) == 12 for one in found.broken if one.sure)


@law(200)
@given(st.lists(sets, max_size=5), st.integers(min_value=0, max_value=12))
def test_given_up(breaking: list[Names], patience: int) -> None:
    """Once given up nobody is asked any more, nothing wrong is said, and what was not come to is undecided."""
    asked: list[Names] = []
    late: list[Names] = []

    def oracle(names: Names) -> Asked:
        (late if len(asked) > patience else asked).append(names)
        return Asked(Answer.VIOLATED, names) if any(one <= names for one in breaking) else Asked(Answer.HOLDS)

    found = border(LETTERS, oracle, lambda: len(asked) > patience)
    assert [] == late
    broken, unbroken = names_of(found)
    assert all(any(known <= one for known in breaking) for one in broken)
    assert all(not any(known <= one for known in breaking) for one in unbroken)
    for names in subsets(LETTERS):
        told = any(known <= names for known in broken) or any(names <= known for known in unbroken)
        assert told or any(names <= known for known in found.undecided) or found.complete


def test_oracle_that_is_not_monotone() -> None:
    """An oracle that says of one letter that it breaks nothing, and later that it does, is a fault of ours."""

    def oracle(names: Names) -> Asked:
        if len(names) == 1:
            return Asked(Answer.HOLDS)
        return Asked(Answer.VIOLATED, frozenset("ab") if len(names) == 3 else frozenset("b"))

    with pytest.raises(OurFault):
        border("abc", oracle)


@law(200)
@given(st.lists(sets.filter(bool), max_size=6))
def test_hitting_sets(edges: list[Names]) -> None:
    """Edge by edge, the minimal hitting sets come out that trying all sets gives."""
    hitting: list[Names] = [frozenset()]
    for edge in edges:
        hitting = hitting_all(hitting, edge)
    tried = smallest_of(names for names in subsets(LETTERS) if all(names & edge for edge in edges))
    assert set(tried) == set(hitting)
    assert len(tried) == len(hitting)
