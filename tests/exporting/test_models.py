"""Other model checkers count the same states and transitions of what we export, and find the same violations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tdispmodel.checking.asking import Group, Plan, grouped
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.exporting import exporter
from tdispmodel.exporting.foreign import SAFETY, Inexpressible
from tdispmodel.exporting.murphi import murphi
from tdispmodel.exporting.promela import promela
from tdispmodel.ir.expressions import TRUE, Enumeration, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemProperty, SystemVariable
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, Verdict
from tests.exporting.peers import rumur, spin

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = find_catalogue(Path(__file__))
PEERS = {"promela": spin, "murphi": rumur}

IN_SHORT = ("initrd_autoprobe_off", "prepare_by_deferral", "status_quo", "trust_level")
"""What SPIN is given in every run; the others take a second each."""

FEW = [
    pytest.param(known, marks=() if number % 3 == 0 or known in IN_SHORT else pytest.mark.long)
    for number, known in enumerate(sorted(CATALOGUE.proposals))
]
"""All proposals; two of three in a long run only."""


@cache
def group_of(proposal: str) -> Group:
    """The safety properties of a proposal that fix no constants, and its system."""
    loaded = load(CATALOGUE, CATALOGUE.proposals[proposal])
    wanted = [known for known in loaded.properties if known.kind in SAFETY and not known.given]
    groups, _ = grouped(loaded.model, wanted, Plan())
    (group,) = groups
    return group


@cache
def verdicts(proposal: str) -> dict[SystemProperty, Verdict]:
    """What exhaustive search says of them."""
    group = group_of(proposal)
    questions = [question for parts in group.questions.values() for question in parts]
    return {verdict.property: verdict for verdict in Explicit().answer(group.system, questions, Limits())}


def counted(made: System) -> tuple[int, int]:
    """Our states and transitions."""
    always = SystemProperty("always", "", Kind.INVARIANT, TRUE)
    (verdict,) = Explicit().answer(made, [always], Limits())
    assert verdict.space is not None
    return verdict.space.states, verdict.space.transitions


def written(name: str, made: System, questions: Sequence[SystemProperty] = ()) -> str:
    """A system in one of the languages that are text."""
    text = exporter(name)(made, questions)
    assert isinstance(text, str)
    return text


def starts(made: System) -> int:
    """How many start states there are."""
    return len(set(Semantics(made).initial_states()))


def as_spin_counts(made: System) -> tuple[int, int]:
    """SPIN counts storing the first state as a transition, and choosing among several from a state of its own."""
    states, transitions = counted(made)
    several = starts(made) if starts(made) > 1 else 0
    return states + (several > 0), transitions + several + 1


@pytest.mark.parametrize("proposal", FEW)
def test_rumur_counts_the_same(proposal: str, tmp_path: Path) -> None:
    """Of each proposal Rumur finds our states and transitions, and none of what holds violated."""
    group = group_of(proposal)
    holding = [question for question, verdict in verdicts(proposal).items() if verdict.answer is Answer.HOLDS]
    assert len(holding) > 20
    found = rumur(murphi(group.system, holding), tmp_path)
    assert (*counted(group.system), False) == (found.states, found.transitions, found.violated)


@pytest.mark.parametrize(
    "proposal",
    [pytest.param(known, marks=() if known in IN_SHORT else pytest.mark.long) for known in sorted(CATALOGUE.proposals)],
)
def test_spin_counts_the_same(proposal: str, tmp_path: Path) -> None:
    """Of each proposal SPIN finds our states and transitions."""
    made = group_of(proposal).system
    found = spin(promela(made), tmp_path)
    assert (*as_spin_counts(made), False) == (found.states, found.transitions, found.violated)


@pytest.mark.parametrize("proposal", ["initrd_autoprobe_off"])
def test_spin_finds_the_same_shortest_violations(proposal: str, tmp_path: Path) -> None:
    """Breadth first, SPIN's first violation of each violated safety property is as many steps away as ours."""
    group = group_of(proposal)
    violated = [verdict for verdict in verdicts(proposal).values() if verdict.answer is Answer.VIOLATED]
    assert len(violated) > 5
    several = starts(group.system) > 1
    for verdict in violated:
        assert verdict.trace is not None
        found = spin(promela(group.system, [verdict.property]), tmp_path, breadth_first=True)
        # SPIN counts the steps that lead to the state in which something fails, the choice of a start state among them
        before = len(verdict.trace) - (verdict.property.kind is Kind.STEP)
        assert (True, before + several) == (found.violated, found.depth), verdict.property.name


@pytest.mark.long
@pytest.mark.parametrize("proposal", FEW)
def test_rumur_finds_each_violation(proposal: str, tmp_path: Path) -> None:
    """Each safety property that we call violated Rumur calls so, too."""
    group = group_of(proposal)
    for verdict in verdicts(proposal).values():
        if verdict.answer is Answer.VIOLATED:
            assert rumur(murphi(group.system, [verdict.property]), tmp_path).violated, verdict.property.name


def test_assignments_are_simultaneous(tmp_path: Path) -> None:
    """Two counters that exchange their values have as many states for the others as for us."""
    first, second = Counter("first", 3, (1, 2)), Counter("second", 3)
    exchange = move("exchange", TRUE, Assignment("first", second.now), Assignment("second", first.now))
    made = system("exchange", (first, second), exchange)
    assert counted(made) == (4, 4)
    assert as_spin_counts(made) == (spin(promela(made), tmp_path).states, spin(promela(made), tmp_path).transitions)
    assert counted(made) == (rumur(murphi(made), tmp_path).states, rumur(murphi(made), tmp_path).transitions)


@pytest.mark.parametrize("name", PEERS)
def test_names_of_strangers_end_no_comment(name: str, tmp_path: Path) -> None:
    """Whatever a system, an action or a property is called, it stays inside its comment or string: nothing fails."""
    hostile = '*/ " \n :: assert(false) /*'
    flag = Flag("flag")
    made = system(hostile, (flag,), move(hostile, TRUE, flag.becomes(negation(flag.now))))
    asked = [SystemProperty(hostile, hostile, kind, TRUE) for kind in (*SAFETY, Kind.LEADS_TO)]
    found = PEERS[name](written(name, made, asked), tmp_path)
    assert (2, False) == (found.states, found.violated)


@pytest.mark.parametrize("name", PEERS)
def test_words_of_the_language_are_no_names(name: str, tmp_path: Path) -> None:
    """Variables called like words of Promela, Murphi or C, or alike but for a mark, are accepted and kept apart."""
    words = ("active", "rule", "register", "timeout", "a.b", "a b", "a_b", "1x")
    flags = tuple(Flag(word) for word in words)
    made = system("words", flags, *(move(f"set {one.now.name}", TRUE, one.becomes(TRUE)) for one in flags))
    assert counted(made)[0] == 2 ** len(words)
    found = PEERS[name](written(name, made), tmp_path)
    assert found.states == 2 ** len(words)


def test_two_enums_of_one_name_are_told_apart_or_refused() -> None:
    """Two enums that are called the same and have other members cannot be written, and that is said."""
    one, other = Enumeration("E", ("A",)), Enumeration("E", ("B",))
    made = System("two", (SystemVariable("x", one, ("A",)), SystemVariable("y", other, ("B",))), ())
    with pytest.raises(Inexpressible, match="two enums are called E"):
        promela(made, [])
