"""What a proposal changed on its base, as text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from tdispmodel.ir.expressions import BOOLEAN, FALSE, TRUE, Actor, And, Fairness, Field, Not, Or
from tdispmodel.ir.model import Constant, Guard, Model
from tdispmodel.printing import changes_text
from tests.laws.random_models import models
from tests.printing.designs import AUTOPROBE, BASE, BIND, BOUND, CAREFUL, CAREFUL_BIND, DEVICE, GUEST, KERNEL, PROPOSAL

EXPECTED = """\
constant fixed: kernel = Kernel.OLD (was Kernel.NEW)
Careful: changes to Guest
Guest.autoprobe starts as anything (was True)
new variable Guest.waiting: bool = False, hidden from device,
    environment, host, kernel, relying party, userspace
restricted Guest.bind
  + requires not autoprobe
replaced Guest.reset
  - requires kernel = OLD
  - for device in devices: device.bound := False
  - tried := 0
  + tried := 1
added Guest.wait(), by kernel, not fair
  The kernel waits.
  requires autoprobe
  waiting := True
removed Guest.crash
new start condition: autoprobe
"""


def test_every_kind_of_change_has_its_lines() -> None:
    """Fixed constants, moved starts, new variables, and all four kinds of changed actions are told."""
    assert changes_text(PROPOSAL, BASE) == EXPECTED


def test_a_promise_is_told() -> None:
    """An action that is promised strong fairness, or less than its actor's actions, says so beside its actor."""
    guests = [replace(GUEST, actions=(replace(BIND, fairness=fairness),)) for fairness in Fairness]
    none, weak, strong = (replace(BASE, components=(guest, DEVICE), properties=()) for guest in guests)
    assert changes_text(strong, weak) == "changed Guest.bind\n  by userspace, strongly fair (was userspace)\n"
    assert changes_text(none, strong) == "changed Guest.bind\n  by userspace, not fair (was userspace, strongly fair)\n"


def test_constants_of_instances_are_told_with_their_component() -> None:
    """A constant that a part newly has, fixes, moves or lost is told with the component's name."""
    kernel = Constant("kernel", KERNEL, "NEW")
    before = replace(
        DEVICE, constants=(kernel, Constant("lost", BOOLEAN, value=True), Constant("kept", BOOLEAN, value=True))
    )
    after = replace(
        before,
        constants=(
            replace(kernel, value="OLD", fixed=True),
            Constant("more", BOOLEAN, value=False),
            before.constants[2],
        ),
    )
    models = [
        replace(BASE, components=(BASE.components[0], device, *BASE.components[2:])) for device in (before, after)
    ]
    assert [
        "constant fixed: Device.kernel = Kernel.OLD (was Kernel.NEW)",
        "new constant Device.more = False (bool)",
        "constant dropped: Device.lost",
    ] == changes_text(models[1], models[0]).splitlines()


def test_who_sees_a_constant_is_told() -> None:
    """A new constant is told with whom it is hidden from; one that was hidden or shown is told on a line of its own."""
    (kernel,) = BASE.constants
    shown = Constant("shown", BOOLEAN, value=True, hidden_from=frozenset(Actor))
    secret = Constant("secret", BOOLEAN, value=True, hidden_from=frozenset({Actor.RELYING_PARTY, Actor.HOST}))
    before = replace(BASE, constants=(kernel, shown))
    hidden = replace(kernel, value="OLD", fixed=True, hidden_from=frozenset({Actor.KERNEL}))
    after = replace(BASE, constants=(hidden, replace(shown, hidden_from=frozenset()), secret))
    assert [
        "constant fixed: kernel = Kernel.OLD (was Kernel.NEW)",
        "constant kernel, hidden from kernel",
        "constant shown is seen by all",
        "new constant secret = True (bool), hidden from host, relying party",
    ] == changes_text(after, before).splitlines()


def test_nothing_changed_is_said() -> None:
    """A model on itself changes nothing."""
    assert changes_text(BASE, BASE) == "changes nothing\n"


def test_long_conditions_are_folded_to_72_ascii_columns() -> None:
    """A long condition is continued on further lines, and characters beyond ASCII are replaced."""
    wide = Or(tuple(Not(Field("self", f"some_long_name_{number}", BOOLEAN)) for number in range(6)))
    guarded = replace(CAREFUL_BIND, guards=(Guard(wide), Guard(AUTOPROBE)), text="caf\u00e9")
    added = replace(guarded, name="caf\u00e9", owner="Careful", patched="")
    proposal = replace(PROPOSAL, components=(replace(CAREFUL, actions=(guarded, added)), *PROPOSAL.components[1:]))
    text = changes_text(proposal, BASE)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 72
    assert "added Guest.caf?(device), by userspace" in text


@settings(max_examples=25, deadline=None)
@given(models(), models())
def test_any_two_models_can_be_compared(model: Model, base: Model) -> None:
    """Whatever two models are compared, lines fit 72 columns, and nothing is said to change only between equals."""
    text = changes_text(model, base)
    assert max(map(len, text.splitlines())) <= 72
    assert text.isascii()
    assert changes_text(model, model) == "changes nothing\n"


def test_a_restriction_that_does_more_is_not_called_one() -> None:
    """Where a helper changed as well, the word `restricted`, which promises the base's safety, does not stand alone."""
    loosened = replace(CAREFUL_BIND, guards=CAREFUL_BIND.guards[1:])
    proposal = replace(PROPOSAL, components=(replace(CAREFUL, actions=(loosened,)), *PROPOSAL.components[1:]))
    text = changes_text(proposal, BASE)
    assert "restricted, and otherwise changed: Guest.bind\n  - requires not device.bound\n" in text


def test_what_a_helper_changed_is_told_without_its_constants() -> None:
    """An action that was not patched itself is `changed`; constants that helpers left behind are folded."""
    wordy = And((TRUE, Not(Or((BOUND, FALSE)))))
    same = replace(BIND, guards=(Guard(wordy), *BIND.guards[1:]))
    other = replace(same, updates=(replace(BIND.updates[0], value=Or((wordy, AUTOPROBE))),))
    unchanged = replace(BASE, components=(replace(GUEST, actions=(same, *GUEST.actions[1:])), DEVICE))
    changed = replace(BASE, components=(replace(GUEST, actions=(other, *GUEST.actions[1:])), DEVICE))
    assert changes_text(unchanged, BASE) == "changes nothing\n"
    assert changes_text(changed, BASE) == (
        "changed Guest.bind\n  - device.bound := True\n  + device.bound := not device.bound or autoprobe\n"
    )
