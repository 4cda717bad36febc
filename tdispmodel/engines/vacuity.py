"""Whether a property holds only because its premise never comes true, for engines that did not say.

The premise of a holding implication is asked as a question of its own: a behaviour that reaches it shows that the
property is not vacuous; a proof that nothing does shows that it is.  What cannot be decided in a small share of time
is not known: vacuity is a warning, never a verdict.
"""

from __future__ import annotations

from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.registry import available
from tdispmodel.ir.expressions import FALSE, TRUE, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer

SECONDS = 10.0
ASKED = ("ic3", "bmc", "induction", "pdr")
"""First who does both quickly, then who finds behaviours, then who proves that there are none."""


def is_vacuous(system: System, premise: Expression, limits: Limits, progress: Progress = silent) -> bool | None:
    """Return whether ``premise``, a condition on states or steps, is unreachable in ``system``; None if unknown."""
    if premise in (TRUE, FALSE):
        return premise == FALSE
    remaining = limits.remaining()
    seconds = SECONDS if remaining is None else min(SECONDS, remaining)
    budget = Limits(seconds, limits.memory, limits.depth)
    kind = Kind.STEP if speaks_of_step(premise) else Kind.INVARIANT
    never = SystemProperty("premise", "", kind, negation(premise))
    for engine in available(ASKED):
        if kind not in engine.kinds or budget.out_of_time():
            continue
        share = Limits((budget.remaining() or 0.0) / 2, limits.memory, limits.depth)
        for verdict in engine.answer(system, [never], share, progress):
            if verdict.answer is not Answer.OPEN:
                return verdict.answer is Answer.HOLDS
    return None
