"""Faults that are planted on purpose: each is a function that breaks something, and its docstring is its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Plant = TypeVar("Plant", bound=Callable[..., Any])


def entered_into(faults: dict[str, Plant]) -> Callable[[Plant], Plant]:
    """Return what enters a fault, as a decorator."""

    def fault(plant: Plant) -> Plant:
        faults[name_of(plant)] = plant
        return plant

    return fault


def entered_with_words(faults: dict[str, tuple[str, Plant]]) -> Callable[..., Callable[[Plant], Plant]]:
    """Return what enters a fault, as a decorator with the words of the complaint that is expected."""

    def fault(like: str = "") -> Callable[[Plant], Plant]:
        def entered(plant: Plant) -> Plant:
            faults[name_of(plant)] = (like, plant)
            return plant

        return entered

    return fault


def name_of(plant: Callable[..., Any]) -> str:
    """Return the name of a fault."""
    return (plant.__doc__ or "").rstrip(".")


def rewritten(text: str, fault: tuple[str, str, str], modes: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return a source with a fault in it, and in which of the modes it is: one, or with ``both`` all of them.

    A fault is a mode, the words that stand there once, and the words in their place.
    """
    where, before, after = fault
    assert text.count(before) == 1
    return text.replace(before, after), modes if where == "both" else (where,)
