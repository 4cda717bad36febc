"""Repairs of the vault, which are few enough to be argued for by hand, and deleted guards found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tdispmodel.analysing.diff.apart import compared
from tdispmodel.analysing.diff.comparing import names_of
from tdispmodel.analysing.diff.renaming import Renaming
from tdispmodel.analysing.mutation.operators import Mutant, Operator, mutants, mutated
from tdispmodel.analysing.repairing import sieving
from tdispmodel.analysing.repairing.edits import OURS, Edit, edited, effects, guards, ours, visible
from tdispmodel.analysing.repairing.searching import repair
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    Equal,
    Expression,
    Field,
    Literal,
    conjunction,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Constant, Guard, Kind, Model, Property
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


def test_without_counting(vault: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the states are too many to visit each change is asked by itself, and the same ones are found."""

    def told(found: Repairs) -> set[str]:
        return {words for one in found.repairs for words in (f"{one.subject} {one.words}", *one.alike)}

    usual = named(vault, "no_thief")
    monkeypatch.setattr(sieving, "MOST_STATES", 1)
    found = named(vault, "no_thief")
    assert told(usual) == told(found)
    assert {None} == {one.changes for one in found.repairs}
    assert None not in {one.changes for one in usual.repairs}


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


def altered(vault: Model, more: dict[str, tuple[Expression, ...]], wanted: Property, *also: Property) -> Repairs:
    """The repairs of a property, with the vault's and others, where actions have guards of their own."""
    root = vault.component(vault.root)
    actions = tuple(
        replace(one, guards=(*one.guards, *(Guard(formula) for formula in more.get(one.name, ()))))
        for one in root.actions
    )
    changed = replace(vault, components=(replace(root, actions=actions),))
    return repair(changed, wanted, (*vault.properties, wanted, *also), Plan())


def asked(name: str, kind: Kind, formula: Expression) -> Property:
    """A property of the vault."""
    return Property(name, "", kind, "Vault", formula)


GOLD, KEY, WATCHED = (Field("now", name, BOOLEAN) for name in ("gold", "key", "watched"))


def own(field: Field) -> Field:
    """The same variable in a guard."""
    return replace(field, instance="self")


def test_a_guard_of_two_alternatives(vault: Model) -> None:
    """An open door is watched, or the gold is gone; a break with the gold there is possible, and so is an open door that
    nobody watches.  A break only with a shut door makes the second impossible, one without the gold only the first.
    Whoever forbids the clerk to open the door, or to take the gold, keeps him from the gold.  So there is one guard.
    """
    door = next(one for one in vault.component(vault.root).variables if one.name == "door")
    is_open = Equal(Field("now", "door", door.sort), Literal("OPEN", door.sort))
    wanted = asked("watched_or_empty", Kind.INVARIANT, disjunction(negation(is_open), WATCHED, negation(GOLD)))
    rich = asked("break_with_gold", Kind.MUST_BE_POSSIBLE, conjunction(negation(WATCHED), GOLD))
    free = asked("open_and_unwatched", Kind.MUST_BE_POSSIBLE, conjunction(negation(WATCHED), is_open))
    root = vault.component(vault.root)
    look_away = next(one for one in root.actions if one.name == "look_away")
    easy = replace(look_away, guards=(Guard(own(WATCHED)),))
    actions = tuple(easy if one is look_away else one for one in root.actions)
    lax = replace(vault, components=(replace(root, actions=actions),))
    found = altered(lax, {"open_door": (own(WATCHED),)}, wanted, rich, free)
    assert [(one.subject, one.words) for one in found.repairs if one.forbids] == [
        ("Vault.look_away", "also requires door = SHUT or not gold")
    ]


def test_a_guard_of_two_requirements(vault: Model) -> None:
    """While nobody watches the key is not out and the gold is there.  Nothing but a break begins that, if keys are fetched
    under watch, and neither half of the guard is enough: a break with the key out, or after the gold is gone, violates it.
    """
    wanted = asked("all_safe", Kind.INVARIANT, disjunction(WATCHED, conjunction(negation(KEY), GOLD)))
    found = altered(vault, {"fetch_key": (own(WATCHED),)}, wanted)
    assert [(one.subject, one.words) for one in found.repairs if one.forbids] == [
        ("Vault.look_away", "also requires not key and gold")
    ]


def test_a_guard_for_one_value_of_a_constant(vault: Model) -> None:
    """With another value of a constant an open door that nobody watches must be possible: the guard that the door needs is
    required with the usual value only.
    """
    careful = Constant("careful", BOOLEAN, value=True)
    model = replace(vault, constants=(careful,))
    door = next(one for one in vault.component(vault.root).variables if one.name == "door")
    is_open = Equal(Field("now", "door", door.sort), Literal("OPEN", door.sort))
    free = replace(
        asked("open_and_unwatched", Kind.MUST_BE_POSSIBLE, conjunction(negation(WATCHED), is_open)),
        given=(("careful", False),),
    )
    wanted = next(one for one in vault.properties if one.name == "watched_when_open")
    found = repair(model, wanted, (*model.properties, free), Plan())
    told = {f"{one.subject} {one.words}" for one in found.repairs if one.forbids}
    assert "Vault.open_door also requires not careful or watched" in told
    assert "Vault.open_door also requires watched" in {words for words, _ in found.breaking}
