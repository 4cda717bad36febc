"""The kernels are CUDA: NVRTC, the compiler that CuPy uses, compiles them for cards of several generations, without one."""

from __future__ import annotations

import ctypes
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tdispmodel.engines.gpu.card import OPTIONS
from tests.engines_gpu.built import KERNELS, TEXT
from tests.exporting.peers import DEMANDED

GENERATIONS = (70, 75, 80, 86, 90)
"""From Volta to Hopper."""


@cache
def nvrtc() -> ctypes.CDLL:
    """Return the compiler as the package nvidia-cuda-nvrtc-cu12 has it; skip the test, or fail where one is demanded."""
    found = find_spec("nvidia.cuda_nvrtc") if find_spec("nvidia") else None
    folders = list(found.submodule_search_locations or ()) if found else []
    libraries = [path for folder in folders for path in sorted(Path(folder).glob("lib/libnvrtc.so*"))]
    if not libraries and "nvrtc" not in DEMANDED:
        pytest.skip("not installed: nvidia-cuda-nvrtc-cu12")
    assert libraries
    ctypes.CDLL(str(next(libraries[0].parent.glob("libnvrtc-builtins.so*"))))  # it looks for these by name alone
    return ctypes.CDLL(str(libraries[0]))


def compiled(text: str, generation: int, what: str) -> bytes:
    """Return the PTX or the CUBIN of a source, or nothing but what the compiler complains of, after ``error:``."""
    library, program, size = nvrtc(), ctypes.c_void_p(), ctypes.c_size_t()
    assert library.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernels.cu", 0, None, None) == 0
    architecture = f"--gpu-architecture={'compute' if what == 'PTX' else 'sm'}_{generation}"
    options = [each.encode() for each in (*OPTIONS, architecture)]
    failed = library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    kind = "ProgramLog" if failed else what
    assert getattr(library, f"nvrtcGet{kind}Size")(program, ctypes.byref(size)) == 0
    told = ctypes.create_string_buffer(size.value)
    assert getattr(library, f"nvrtcGet{kind}")(program, told) == 0
    library.nvrtcDestroyProgram(ctypes.byref(program))
    return b"error: " + told.raw if failed else told.raw


@pytest.mark.parametrize("generation", GENERATIONS)
def test_it_compiles(generation: int) -> None:
    """For each generation there is code for the card itself, with every kernel in it by its name."""
    code = compiled(TEXT, generation, "CUBIN")
    assert code.startswith(b"\x7fELF")
    assert [name for name in KERNELS if f".text.{name}\0".encode() not in code] == []


def test_words_are_put_by_compare_and_swap() -> None:
    """In the intermediate code visiting is a compare-and-swap and an "or" of 64 bits, and arguments are eleven of 64 bits."""
    code = compiled(TEXT, GENERATIONS[0], "PTX").decode()
    bodies = dict(re.findall(r"\.entry (\w+)\((.*?)\n\}", code, re.DOTALL))
    assert set(bodies) == set(KERNELS)
    for name in ("insert", "expand"):
        assert re.search(r"atom\S*\.cas\.b64", bodies[name])
        assert re.search(r"atom\S*\.or\.b64", bodies[name])
    assert [len(re.findall(r"\.param \.u64", bodies[name])) for name in KERNELS] == [11] * len(KERNELS)


def test_mistakes_are_told() -> None:
    """A source with a mistake is not compiled, and the complaint names the place."""
    told = compiled(TEXT.replace("atomicCAS(", "atomicCASE("), GENERATIONS[0], "PTX")
    assert told.startswith(b"error: ")
    assert b'identifier "atomicCASE" is undefined' in told
