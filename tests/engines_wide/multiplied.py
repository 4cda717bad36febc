"""Bitmaps made to be used from the start, and with small blocks, and a system with many local states that are met late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import layout, multisets, product, slabs
from tdispmodel.ir.expressions import Actor, Arithmetic, Equal, Less, Literal, Read, disjunction, negation
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.sorts import Bounded
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.verdict import Verdict

if TYPE_CHECKING:
    import pytest

HIGHEST = 149
COUNTER = Bounded(0, HIGHEST)


def multiplies(patch: pytest.MonkeyPatch, block: int = 1 << 17) -> None:
    """Let bitmaps be used from the start states on, with blocks of so many words."""
    patch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    patch.setattr(product, "seconds", lambda *_: -1.0)
    patch.setattr(multisets, "seconds", lambda *_: -1.0)
    patch.setattr(search, "CHUNK", 3)
    patch.setattr(layout, "BLOCK_WORDS", block)
    patch.setattr(layout, "PIECE", 2)
    patch.setattr(slabs, "MOST_OF_IMAGES", block)


def shown(verdicts: Iterator[Verdict]) -> list[Verdict]:
    """Return verdicts without the time that they took."""
    return [replace(verdict, seconds=0.0) for verdict in verdicts]


def counters() -> System:
    """Return two devices that count up one by one and may begin anew: 150 local states each, met level by level."""
    actions = []
    for device in range(2):
        name = f"devices[{device}].count"
        count = Read(name, COUNTER)
        more = Arithmetic("+", count, Literal(1, Bounded(1, 1)))
        for does, guard, value in (
            ("more", Less(count, Literal(HIGHEST, COUNTER)), more),
            ("anew", Equal(count, Literal(HIGHEST, COUNTER)), Literal(0, COUNTER)),
        ):
            called = f"{does}(devices[{device}])"
            template = Action(called, "Counter", Actor.KERNEL, Actor.KERNEL.fairness)
            actions.append(
                SystemAction(
                    name=called,
                    actor=Actor.KERNEL,
                    fairness=Actor.KERNEL.fairness,
                    disturbs=False,
                    adversarial=Actor.KERNEL.adversarial,
                    guards=(guard,),
                    assignments=(Assignment(name, value),),
                    template=template,
                )
            )
    variables = tuple(SystemVariable(f"devices[{device}].count", COUNTER, (0,)) for device in range(2))
    return System(name="counters", variables=variables, actions=tuple(actions), devices=2)


def both_at(number: int) -> SystemProperty:
    """Return the question whether the two never stand there together."""
    at = [Equal(Read(f"devices[{device}].count", COUNTER), Literal(number, COUNTER)) for device in range(2)]
    return SystemProperty("apart", "TDM900", Kind.INVARIANT, disjunction(*map(negation, at)))
