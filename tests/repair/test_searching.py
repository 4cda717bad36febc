"""Repairs of the vault, which are few enough to be argued for by hand, and deleted guards found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tdispmodel.analysing.diff.apart import compared
from tdispmodel.analysing.diff.comparing import names_of
from tdispmodel.analysing.diff.renaming import Renaming
from tdispmodel.analysing.mutation.operators import Mutant, Operator, mutants, mutated
from tdispmodel.analysing.repairing.edits import OURS, Edit, edited, effects, guards, ours, visible
from tdispmodel.analysing.repairing.searching import repair
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import BOOLEAN, Actor, Field
from tdispmodel.ir.model import Model
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.repairs import Repairs
from tdispmodel.semantics import Scope, ground
from tdispmodel.verdict import Answer

MENDED = "open_door also requires watched"


def named(model: Model, name: str, seconds: float | None = None) -> Repairs:
    """The repairs of one property of a model."""
    wanted = next(one for one in model.properties if one.name == name)
    return repair(model, wanted, model.properties, Plan(seconds=seconds))


def edits(model: Model) -> Iterator[Edit]:
    """Everything that may be tried."""
    for component, action in ours(model):
        yield from guards(model, component, action)
        yield from effects(model, component, action)


def answers(model: Model) -> dict[str, Answer]:
    """The verdict on each property of a model."""
    return {
        one.verdict.property.name: one.verdict.answer for one in check_model(model, model.properties, Plan()).results
    }


def test_the_door_is_opened_under_watch(vault: Model) -> None:
    """An open door stays watched, since nobody looks away from one: so it is enough, and the least, to open it only while
    somebody watches.  That keeps thieves out, too.  Whoever forbids breaks instead breaks the property that they are
    possible.
    """
    found = named(vault, "watched_when_open")
    first = found.repairs[0]
    assert ("Vault.open_door", "also requires watched", True, ("TDM907",)) == (
        first.subject,
        first.words,
        first.forbids,
        first.fixes,
    )
    assert all("TDM905" in lost for words, lost in found.breaking if "look_away" in words)
    assert (Exit.HOLDS, "", ()) == (found.exit, found.reason, found.impossible)


def shut_in(vault: Model) -> Model:
    """The vault whose door takes the key when it opens, and needs it to be shut."""
    root = vault.component(vault.root)
    by_name = {action.name: action for action in root.actions}
    key = by_name["open_door"].guards[1]
    taken = next(update for update in by_name["close_door"].updates if update.variable == "key")
    opened = replace(by_name["open_door"], updates=(*by_name["open_door"].updates, taken))
    closed = replace(by_name["close_door"], guards=(*by_name["close_door"].guards, key))
    actions = [{"open_door": opened, "close_door": closed}.get(one.name, one) for one in root.actions]
    fetch = replace(by_name["fetch_key"], guards=(*by_name["fetch_key"].guards, by_name["open_door"].guards[0]))
    actions[actions.index(by_name["fetch_key"])] = fetch
    return replace(vault, components=(replace(root, actions=tuple(actions)),))


@pytest.mark.parametrize("name", ["no_thief", "door_can_be_shut"])
def test_brute_force(vault: Model, name: str) -> None:
    """The changes that restore a property and keep the others are exactly those found when all are checked in full."""
    vault = shut_in(vault) if name == "door_can_be_shut" else vault
    before = answers(vault)
    assert before[name] is Answer.VIOLATED
    kept = set()
    for edit in edits(vault):
        after = answers(edited(vault, edit.action, edit.changed))
        lost = [one for one, answer in before.items() if answer is Answer.HOLDS and after[one] is not Answer.HOLDS]
        if after[name] is Answer.HOLDS and not lost:
            kept.add(f"{edit.subject} {edit.words}")
    found = named(vault, name)
    told = {f"{one.subject} {one.words}" for one in found.repairs} | {
        name for one in found.repairs for name in one.alike
    }
    assert kept == told
    assert len(kept) > 0


def deletions() -> list[str]:
    """The conjuncts of our actions whose deletion breaks some property of the mended vault, argued by hand.

    Without the key the door is opened without it; without an open door gold is taken through a shut one; without watch a
    door is opened, or with an open door a break begun, so that it is open and not watched.  That somebody watches who
    takes gold follows from the rest, since an open door is watched.
    """
    return ["open_door key", "open_door watched", "take door = OPEN", "look_away door = SHUT"]


@pytest.fixture
def mended(vault: Model) -> Model:
    """The vault whose door is opened under watch only."""
    component, action = next(pair for pair in ours(vault) if pair[1].name == "open_door")
    edit = next(one for one in guards(vault, component, action) if one.words == "also requires watched")
    return edited(vault, action, edit.changed)


def test_deleted_guards_are_found_again(mended: Model) -> None:
    """Of every conjunct whose deletion breaks a property a repair makes the model bisimilar to what it was before."""
    before = answers(mended)
    lost: list[tuple[Mutant, str]] = []
    for mutant in mutants(mended):
        if mutant.operator is not Operator.DROP_CONJUNCT or mutant.name == "creep_in":
            continue
        after = answers(mutated(mended, mutant))
        broken = [name for name in before if before[name] is Answer.HOLDS and after[name] is Answer.VIOLATED]
        lost += [(mutant, broken[0])] if broken else []
    assert len(lost) == len(deletions())
    original = ground(mended, Scope(1))
    for mutant, name in lost:
        broken_model = mutated(mended, mutant)
        told = {f"{one.subject} {one.words}" for one in named(broken_model, name).repairs}
        told |= {words for one in named(broken_model, name).repairs for words in one.alike}
        again = [edit for edit in edits(broken_model) if f"{edit.subject} {edit.words}" in told]
        systems = [ground(edited(broken_model, edit.action, edit.changed), Scope(1)) for edit in again]
        same = [compared(original, one, names_of(original, one, Renaming()), Limits()).bisimilar for one in systems]
        assert True in same, f"{mutant.name}, {name}"


def test_what_holds_needs_no_repair(vault: Model) -> None:
    """A property that holds is not repaired."""
    found = named(vault, "opens_with_key")
    assert (Exit.HOLDS, 0, ()) == (found.exit, found.tried, found.repairs)


def test_the_host_alone(vault: Model) -> None:
    """Where a thief needs no open door no change of ours keeps him out, and that is proved."""
    root = vault.component(vault.root)
    actions = tuple(replace(one, guards=()) if one.name == "creep_in" else one for one in root.actions)
    open_house = replace(vault, components=(replace(root, actions=actions),))
    found = named(open_house, "no_thief")
    assert (Exit.VIOLATED, ()) == (found.exit, found.repairs)
    (proved,) = found.impossible
    assert proved.startswith("no change of ours restores it")


def test_no_time(vault: Model) -> None:
    """Without time the answer is open, with the reason."""
    found = named(vault, "no_thief", seconds=0.0001)
    assert found.exit is Exit.OPEN
    assert found.reason != ""


def test_actors_read_what_they_see(vault: Model) -> None:
    """No guard of userspace reads the thief, whom it cannot see; the kernel can."""
    thief = Field("self", "thief", BOOLEAN)
    for component, action in ours(vault):
        assert visible(vault, component, action, thief) is (action.actor is not Actor.USERSPACE)
        reads = {
            node.variable
            for edit in guards(vault, component, action)
            if edit.requires is not None
            for node in edit.requires.walk()
            if isinstance(node, Field)
        }
        assert ("thief" in reads) is (action.actor is not Actor.USERSPACE)


def test_whose_actions_are_changed(vault: Model) -> None:
    """The host's moves are not repaired, and nobody is made to write what only others write."""
    assert {"creep_in"} == {one.name for one in vault.component(vault.root).actions} - {
        one.name for _, one in ours(vault)
    }
    assert all(action.actor in OURS for _, action in ours(vault))
    assigned = {
        (action.actor, edit.assigned.variable)
        for component, action in ours(vault)
        for edit in effects(vault, component, action)
        if edit.assigned is not None
    }
    assert {variable for actor, variable in assigned if actor is Actor.KERNEL} == {"watched"}
    assert {variable for actor, variable in assigned if actor is Actor.USERSPACE} == {"door", "key", "gold"}
