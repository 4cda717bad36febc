"""IR to text: formulas for reports, models as files that read back, what a proposal changed.  Layer 4.

Given expressions, models and properties of `tdispmodel.ir`; gives plain strings and never fails on well-formed input.
"""

from tdispmodel.printing.changes import (
    actor_text,
    changed_actions,
    changes_text,
    effects_text,
    guards_text,
    hidden_text,
)
from tdispmodel.printing.formulas import Names, compact, formula
from tdispmodel.printing.models import model_text

__all__ = [
    "Names",
    "actor_text",
    "changed_actions",
    "changes_text",
    "compact",
    "effects_text",
    "formula",
    "guards_text",
    "hidden_text",
    "model_text",
]
