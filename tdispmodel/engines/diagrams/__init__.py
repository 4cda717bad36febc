"""Decision diagrams: an engine for every kind of question, on sets of states that are too large to be visited.

Needs the package `oxidd`; without it importing this module is an `ImportError`.
"""

from tdispmodel.engines.diagrams.engine import Diagrams

__all__ = ["Diagrams"]
