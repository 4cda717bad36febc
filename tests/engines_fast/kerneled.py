"""Kernels made to be used from the start states on, compiled or as plain Python, with what was visited kept in either way."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from tdispmodel.engines.wide import fast, search as numpy_search
from tdispmodel.engines.wide.bitmaps import product
from tdispmodel.engines.wide.fast import kernels, search, visited

if TYPE_CHECKING:
    import pytest

MODES = ("bits", "table")
TEXT = Path(str(kernels.__file__)).read_text(encoding="utf-8")
KERNELS = ("insert", "expand")


def at_once(patch: pytest.MonkeyPatch, mode: str, threads: int = 2) -> None:
    """Let kernels be used from the start states on, a few states at once, by so many threads."""
    patch.setattr(fast, "LEAST_STEPS", 0)
    patch.setattr(fast, "LEAST_OF_LEVEL", 0)
    patch.setattr(product, "seconds", lambda *_: float("inf"))
    patch.setattr(numpy_search, "CHUNK", 3)
    patch.setattr(search, "SLICE", 3)
    patch.setattr(search, "ROOM", 1)
    patch.setattr(search, "MOST_THREADS", threads)
    patch.setattr(search, "processors", lambda: threads)
    patch.setattr(search, "BITS_MEMORY", 1 << 30 if mode == "bits" else 0)
    patch.setattr(visited, "LEAST_TABLE", 2)


def plainly(text: str = TEXT) -> SimpleNamespace:
    """Return the kernels of a text as plain Python, one word after the other."""
    given: dict[str, Any] = {
        "__name__": "plain",
        "Keys": None,
        "Bytes": None,
        "Numbers": None,
        "np": np,
        "kernel": lambda _: _same,
        "part_of_kernels": _same,
        "loaded": lambda words, place: _word(words, place).value,
        "joined": _joined,
        "exchanged": _exchanged,
        "soon": lambda *_: None,
    }
    body = text[text.index("Number = ") :]
    exec(compile(f"from __future__ import annotations\n{body}", "kernels", "exec"), given)  # noqa: S102  # a text of ours
    mixed = given["mixed"]
    given["mixed"] = lambda state: _wrapped(mixed(_Wrapping(state)))
    return SimpleNamespace(**{name: _warned_not(given[name]) for name in KERNELS})


def plain(patch: pytest.MonkeyPatch, text: str = TEXT) -> None:
    """Let the kernels of a text be run as plain Python."""
    for name, function in vars(plainly(text)).items():
        patch.setattr(kernels, name, function)


def _same(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _warned_not(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let numbers of 64 bits begin anew at the other end, as they do in compiled code."""

    def called(*given: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*given)

    return called


def _word(words: int, place: int) -> ctypes.c_int64:
    return ctypes.c_int64.from_address(int(words) + 8 * int(place))


def _joined(words: int, place: int, bits: int) -> int:
    word = _word(words, place)
    before = word.value
    word.value = before | int(bits)
    return before


def _exchanged(words: int, place: int, expected: int, state: int) -> int:
    word = _word(words, place)
    before = word.value
    if before == expected:
        word.value = int(state)
    return before


class _Wrapping(int):
    """A number of which products are no longer than 64 bits."""

    def __mul__(self, other: int) -> _Wrapping:
        return _Wrapping(_wrapped(int(self) * other))

    def __xor__(self, other: int) -> _Wrapping:
        return _Wrapping(int(self) ^ int(other))


def _wrapped(number: int) -> int:
    return (int(number) + (1 << 63)) % (1 << 64) - (1 << 63)
