"""That no guard over observations can help, against all guards there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from hypothesis import given, strategies as st

from tdispmodel.analysing.repairing.edits import edited
from tdispmodel.analysing.repairing.observing import Guarded
from tdispmodel.analysing.repairing.searching import repair
from tdispmodel.checking.asking import Plan
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import And, Equal, Expression, Literal, Or, Read, Took, disjunction
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.semantics import Semantics
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law, questions, systems

MOST_LOOKS = 4


def reached(system: System) -> list[State]:
    """All reachable states."""
    semantics = Semantics(system)
    order = list(dict.fromkeys(semantics.initial_states()))
    for state in order:
        order += [after for after in dict.fromkeys(end for _, end in semantics.successors(state)) if after not in order]
    return order


def looks_like(system: System, look: tuple[object, ...], seen: list[int]) -> Expression:
    """A state looks like this."""
    variables = [system.variables[position] for position in seen]
    return And(
        tuple(
            Equal(Read(one.name, one.sort), Literal(value, one.sort))  # type: ignore[arg-type]  # values of a state
            for one, value in zip(variables, look, strict=True)
        )
    )


@given(st.data())
@law(60)
def test_no_guard_at_all(data: st.DataObject) -> None:
    """Where it is said that every guard loses a witness all sets of observations were tried here as guards, and each that
    makes the question hold makes some witness impossible.  Each action of a random system is guarded in turn; that it can
    happen at all is one of the witnesses.
    """
    system = data.draw(systems())
    kind = data.draw(st.sampled_from((Kind.INVARIANT, Kind.STEP)))
    question, *asked = data.draw(questions(system, (kind, Kind.MUST_BE_POSSIBLE)))
    oracle = Oracle(system)
    if oracle.holds(question):
        return
    seen = [position for position in range(len(system.variables)) if data.draw(st.booleans())][:2]
    looks = list(dict.fromkeys(tuple(state[place] for place in seen) for state in reached(system)))
    for action in system.actions:
        happens = SystemProperty("happens", "", Kind.MUST_BE_POSSIBLE, Took(frozenset({action.name})))
        witnesses = [one for one in (*asked, happens) if oracle.holds(one)]
        lost = Guarded(system, [action.name], seen, Limits()).lost(question, witnesses)
        for allowed in subsets(looks) if lost and len(looks) <= MOST_LOOKS else ():
            guard = disjunction(*(looks_like(system, look, seen) for look in allowed))
            guarded = replace(action, guards=(*action.guards, guard))
            other = Oracle(replace(system, actions=tuple(guarded if one is action else one for one in system.actions)))
            assert not (other.holds(question) and all(other.holds(one) for one in witnesses))


def subsets(looks: list[tuple[bool | int | str, ...]]) -> Iterator[tuple[tuple[bool | int | str, ...], ...]]:
    """All sets of observations."""
    for size in range(len(looks) + 1):
        yield from combinations(looks, size)


def test_a_thief_whom_nobody_sees(vault: Model) -> None:
    """A thief may come in through the walls, and gold must not be taken with a thief in the vault.

    Who takes gold is userspace, which does not see the thief: he may be there whenever the vault looks as it does when
    there is none.  So no guard over what userspace sees helps, unless no gold is taken at all, and that is proved.
    """
    found = repair(*thieves(vault), Plan())
    assert not any(one.forbids for one in found.repairs)
    assert "no guard of Vault.take over what userspace can observe restores it and keeps TDM904." in found.impossible


def thieves(vault: Model) -> tuple[Model, Property, tuple[Property, ...]]:
    """The vault with a thief who needs no door, and the property about gold and thieves."""
    root = vault.component(vault.root)
    creeping = next(one for one in root.actions if one.name == "creep_in")
    model = edited(vault, creeping, replace(creeping, guards=()))
    taken = next(one for one in vault.properties if one.name == "taken_under_watch")
    thief = next(one for one in vault.properties if one.name == "no_thief").formula
    wanted = replace(taken, name="no_gold_for_thieves", code="TDM908", formula=Or((_keeps_gold(taken.formula), thief)))
    properties = tuple(one for one in vault.properties if one.name not in ("watched_when_open", "no_thief"))
    return replace(model, properties=()), wanted, (*properties, wanted)


def _keeps_gold(formula: Expression) -> Expression:
    """The first part of the property that gold is taken under watch: gold is not taken."""
    assert isinstance(formula, Or)
    return formula.operands[0]
