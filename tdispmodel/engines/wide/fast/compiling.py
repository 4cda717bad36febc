"""How the kernels are compiled: once by numba for all models, and kept where nobody but the user can write.

numba keeps what it compiled as pickles, so whoever can write there can run code as who reads them.  Without such a
folder nothing is kept, and the kernels are compiled anew by each process that needs them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic
from numpy.typing import NDArray

from tdispmodel.engines.wide.fast.private import cache_folder

Function = TypeVar("Function", bound=Callable[..., Any])
if numba.config.DISABLE_JIT:
    message = "numba is told to compile nothing"
    raise ImportError(message)

Bytes = NDArray[np.uint8]
WORD = ir.IntType(64)
FOLDER = cache_folder()
"""Where compiled kernels are kept, if there is a safe place."""


def kernel(signature: str) -> Callable[[Function], Function]:
    """Return what compiles a function for this signature; it runs without holding back other threads of Python."""

    def made(function: Function) -> Function:
        before = numba.config.CACHE_DIR
        try:
            numba.config.CACHE_DIR = "" if FOLDER is None else str(FOLDER)
            compiled = numba.njit(signature, nogil=True, cache=FOLDER is not None, boundscheck=False)(function)
        finally:
            numba.config.CACHE_DIR = before
        return cast("Function", compiled)

    return made


def part_of_kernels(function: Function) -> Function:
    """Compile a function as a part of the kernels that call it."""
    return cast("Function", numba.njit(nogil=True, boundscheck=False, forceinline=True)(function))


# --- words that threads share: LLVM's atomic operations, by address, so that no references are counted ------------


def _word(builder: Any, address: Any, place: Any) -> Any:  # noqa: ANN401  # numba has no types
    """Return the address of a word by that of the first one."""
    return builder.gep(builder.inttoptr(address, WORD.as_pointer()), [place], source_etype=WORD)


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def soon(_: Any, words: Any, place: Any) -> Any:  # noqa: ANN401
    """Let a word be fetched, which will be looked at soon."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        flag, word = ir.IntType(32), _word(builder, *arguments)
        kind = ir.FunctionType(ir.VoidType(), [word.type, flag, flag, flag])
        prefetch = get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [word, flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(words, place), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def loaded(_: Any, words: Any, place: Any) -> Any:  # noqa: ANN401
    """Return a word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        return builder.load_atomic(_word(builder, *arguments), "monotonic", 8, typ=WORD)

    return types.int64(words, place), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def joined(_: Any, words: Any, place: Any, bits: Any) -> Any:  # noqa: ANN401
    """Set bits of a word; return what it was before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        return builder.atomic_rmw("or", _word(builder, *arguments[:2]), arguments[2], "monotonic")

    return types.int64(words, place, bits), generate


@intrinsic  # type: ignore[untyped-decorator]  # numba has no types
def exchanged(_: Any, words: Any, place: Any, expected: Any, word: Any) -> Any:  # noqa: ANN401
    """Put a word where the expected one is; return what was there before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        address = _word(builder, *arguments[:2])
        return builder.extract_value(builder.cmpxchg(address, *arguments[2:], "monotonic", "monotonic"), 0)

    return types.int64(words, place, expected, word), generate
