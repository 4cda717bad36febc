"""What rvgen would read of an automaton is what the variable does; where that is not deterministic, it is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.exporting.graphs import monitor
from tdispmodel.exporting.graphs.monitor import rv
from tdispmodel.exporting.graphs.states import Unfinished
from tdispmodel.ir.expressions import TRUE, Enumeration, Literal, negation
from tdispmodel.ir.system import Assignment, System, SystemVariable
from tdispmodel.reading import read as read_model
from tdispmodel.semantics import Scope, ground
from tests.exporting.automata import legend, read
from tests.exporting.test_models import CATALOGUE, ROOT, group_of
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law, systems

Moves = dict[tuple[str, str], set[str]]
"""From a value by an event to values."""


def shown(values: Sequence[object]) -> str:
    """Values as a refusal and a legend write them."""
    return ", ".join(map(str, values))


def projected(made: System, names: Sequence[str], *, changes: bool) -> tuple[set[str], Moves]:
    """The start values, and what events do to what is seen, by trying everything."""
    oracle = Oracle(made)
    places = [made.index[name] for name in names]

    def seen(state: Sequence[object]) -> str:
        return shown([state[place] for place in places])

    steps = [(seen(one), action.name, seen(other)) for taken in oracle.steps.values() for one, action, other in taken]
    events = {name for before, name, after in steps if before != after}
    moves: Moves = {}
    for before, name, after in steps:
        if name in events and not (changes and before == after):
            moves.setdefault((before, name), set()).add(after)
    return set(map(seen, oracle.starts)), moves


def compare(made: System, names: Sequence[str], *, changes: bool) -> bool:
    """Compare an automaton, or why there is none, with trying everything; return whether there is one."""
    starts, moves = projected(made, names, changes=changes)
    clashes = {pair: ends for pair, ends in moves.items() if len(ends) > 1}
    if len(starts) == 1 and not clashes and moves:
        text = rv(made, view=names, changes=changes)
        found, told = read(text), legend(text)
        assert {told[found.states[0]]} == starts
        assert found.final == {found.states[0]}
        leads = {(told[state], told[event]): {told[target]} for (state, event), target in found.leads.items()}
        assert moves == leads
        reached = {*starts, *(end for ends in moves.values() for end in ends)}
        assert reached == {told[state] for state in found.states}
        return True
    with pytest.raises(Inexpressible) as refused:
        rv(made, view=names, changes=changes)
    message = str(refused.value)
    if not moves:
        assert message.startswith("nothing ever changes")
    elif len(starts) > 1:
        pair = re.search(r"it starts as (.*) and as (.*)$", message)
        assert pair is not None
        assert {pair[1], pair[2]} <= starts
        assert pair[1] != pair[2]
    else:
        clash = re.search(r": in (.*), (act\d+[^ ]*(?: devices\[\d\]\))?) leads to (.*) and to (.*?) \(", message)
        assert clash is not None, message
        assert {clash[3], clash[4]} <= clashes[clash[1], clash[2]]
        assert clash[3] != clash[4]
    return False


@law(100)
@given(made=systems(), data=st.data(), changes=st.booleans())
def test_the_automaton_is_the_projection(made: System, data: st.DataObject, changes: bool) -> None:
    """Of random systems and one or two of their variables the automaton has the steps of the projection and no others, or
    the pair is told that makes it not deterministic.
    """
    names = data.draw(st.lists(st.sampled_from(made.variables), min_size=1, max_size=2, unique=True))
    compare(made, [variable.name for variable in names], changes=changes)


def test_some_of_them_are_deterministic() -> None:
    """Counters, flags and all variables together: each way of an automaton to be written or refused occurs."""
    counter, flag, chance = Counter("n", 2), Flag("flag"), Flag("chance", (False, True))
    up = move("act0", negation(counter.at(2)), counter.add(1))
    light = move("act1", chance.now, flag.becomes(TRUE))
    turn = move("act2", TRUE, flag.becomes(chance.now))
    made = system("several", (counter, flag, chance), up, light, turn)
    assert compare(made, ["n"], changes=False)
    assert not compare(made, ["chance"], changes=False)  # nothing changes it
    assert not compare(made, ["flag"], changes=False)  # act2 lights it, or does not
    assert compare(made, ["flag"], changes=True)
    assert not compare(made, ["flag", "chance"], changes=False)  # two start states


def bench() -> System:
    """The model of benchmarks/bench_tdi.py with one device."""
    return ground(read_model(ROOT / "benchmarks" / "bench_tdi.py", (ROOT,)).model, Scope())


def test_bench_tdi_has_four_states_and_five_events() -> None:
    """The TDI of bench-tdi, where refused requests are no steps, is locked, started, unlocked, reset and fails: by hand,
    four states and five events, of which start is the one that happens in one state only besides lock.
    """
    found = read(rv(bench()))
    assert ("CONFIG_UNLOCKED", "CONFIG_LOCKED", "ERROR", "RUN") == found.states
    assert tuple(f"{name}_devices_0" for name in ("error", "lock", "reset", "start", "unlock")) == found.events
    assert found.leads["CONFIG_LOCKED", "start_devices_0"] == "RUN"
    assert found.leads["RUN", "error_devices_0"] == "ERROR"
    assert {"CONFIG_LOCKED"} == {state for state, event in found.leads if event == "start_devices_0"}
    assert found.accepts(["lock_devices_0", "start_devices_0", "error_devices_0", "reset_devices_0"])
    assert not found.accepts(["lock_devices_0", "error_devices_0", "start_devices_0"])


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_refused_requests_are_told_and_can_be_left_out(proposal: str) -> None:
    """In the catalogue a lock can be refused, so that the TDI's state does not say what it does: that is told, with what
    tells the two cases apart; what changes the state is deterministic, and compared with trying everything.
    """
    made = group_of(proposal).system
    with pytest.raises(Inexpressible, match=r"in [A-Z_]+, [a-z_]+.* leads to [A-Z_]+ and to [A-Z_]+ \([a-z]"):
        rv(made)
    assert compare(made, ["devices[0].tdi"], changes=True)


HOSTILE = ("label", "ellipse", "doublecircle", "state max", "int", "a;b", "a,b", "a b", "__init_x", "\u00e9", "1", "")


def test_words_that_rvgen_stumbles_over_are_replaced() -> None:
    """Values and actions called like what rvgen looks for, like each other but for a mark, or like words of C get words of
    their own, and the legend says for what each stands; states and events are told apart.
    """
    sort = Enumeration("Word", HOSTILE)
    word = SystemVariable("word", sort, (HOSTILE[0],))
    moves = [move(name, TRUE, Assignment("word", Literal(name, sort))) for name in HOSTILE]
    text = rv(System("words", (word,), tuple(moves)))
    found = read(text)
    assert (len(HOSTILE), len(HOSTILE)) == (len(found.states), len(found.events))
    assert len(legend(text)) == 2 * len(HOSTILE)
    assert text.isascii()


def test_which_variable_it_is_about() -> None:
    """Where nobody says which variable is meant and none is called tdi, that is asked; an only one needs no saying."""
    one, other = Flag("one"), Flag("other")
    turn = move("turn", TRUE, one.becomes(negation(one.now)))
    assert read(rv(system("one", (one,), turn))).events == ("turn",)
    with pytest.raises(Inexpressible, match="no variable is called tdi: say with --view"):
        rv(system("two", (one, other), turn))
    with pytest.raises(Inexpressible, match="there is no variable three"):
        rv(system("two", (one, other), turn), view=["three"])


def test_limits_are_obeyed() -> None:
    """What is told to stop stops, and says why and where; nothing is written."""
    with pytest.raises(Unfinished, match="enough after 1 states"):
        rv(bench(), stop=lambda _: "enough")


def blind(*_: object) -> None:
    """Nothing is ever not deterministic."""


FAULTS: dict[str, tuple[str, object]] = {
    "clashes are ignored": ("_is_deterministic", blind),
    "words are shared": ("_words", lambda texts, _: dict.fromkeys(texts, "word")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault in the writer the reader, or the comparison with trying everything, fails."""
    assert as_expected()
    monkeypatch.setattr(monitor, *FAULTS[fault])
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        as_expected()


def as_expected() -> bool:
    """Of two flags one follows the other, and is not deterministic; the other, which turns, is."""
    flag, chance = Flag("flag"), Flag("chance")
    moves = (move("act0", TRUE, flag.becomes(chance.now)), move("act1", TRUE, chance.becomes(negation(chance.now))))
    made = system("chance", (flag, chance), *moves)
    return not compare(made, ["flag"], changes=False) and compare(made, ["chance"], changes=False)


def test_the_reader_refuses_what_rvgen_would_misread() -> None:
    """The reader itself notices two targets of one event."""
    text = rv(bench())
    twice = text.replace("\t{ rank", '\t"RUN" -> "CONFIG_LOCKED" [ label = "error_devices_0" ];\n\t{ rank')
    with pytest.raises(AssertionError, match="rvgen would take the last"):
        read(twice)
