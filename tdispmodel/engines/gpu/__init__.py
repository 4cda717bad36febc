"""Breadth-first search on a graphics card: what was visited, and steps from tables, by one static CUDA source."""

from tdispmodel.engines.gpu.engine import Gpu

__all__ = ["Gpu"]
