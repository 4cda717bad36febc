"""What a model means: grounding, start states, enabled actions, steps, truth.  Layer 2.

Slow and obvious on purpose: the reference for every engine, and all that the judge shares with them.
"""

from tdispmodel.semantics.grounding import Instances, Scope, ground, ground_property
from tdispmodel.semantics.meaning import LeavesRange, Semantics, TooManyStarts
from tdispmodel.semantics.starting import start_states

__all__ = [
    "Instances",
    "LeavesRange",
    "Scope",
    "Semantics",
    "TooManyStarts",
    "ground",
    "ground_property",
    "start_states",
]
