"""The search with a bit for every combination of local states, made to be used from the start, and with small blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import layout, multisets, product, slabs

if TYPE_CHECKING:
    import pytest


def multiplies(patch: pytest.MonkeyPatch, block: int = 1 << 17) -> None:
    """Let bitmaps be used from the start states on, with blocks of so many words."""
    patch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    patch.setattr(product, "seconds", lambda *_: -1.0)
    patch.setattr(multisets, "seconds", lambda *_: -1.0)
    patch.setattr(search, "CHUNK", 3)
    patch.setattr(layout, "BLOCK_WORDS", block)
    patch.setattr(layout, "PIECE", 2)
    patch.setattr(slabs, "MOST_OF_IMAGES", block)
