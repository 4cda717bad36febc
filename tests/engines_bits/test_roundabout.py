"""A system on which IC3 goes a way round: what it finds is longer than it need be."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from tdispmodel.engines.bits.ic3 import Ic3
from tdispmodel.engines.conformance.writing import Flag, ask, move, system as make
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import FALSE, TRUE, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty


def roundabout() -> tuple[System, tuple[SystemProperty, ...]]:
    """Three flags, and a question that IC3 answers with five steps where four do, in whatever order all is written.

    The last flag alone is to be up.  It is raised while the second one is, which is raised with the first one; so both
    have to be raised, then the last one, and then each of the two lowered: four steps, as every step lowers one at most.
    """
    first, second, last = Flag("first"), Flag("second"), Flag("last")
    moves = (
        move("raise_both", TRUE, first.becomes(TRUE), second.becomes(TRUE)),
        move("raise_last", second.now, last.becomes(TRUE)),
        move("lower_first", last.now, first.becomes(FALSE)),
        move("lower_second", last.now, second.becomes(FALSE)),
    )
    alone = conjunction(negation(first.now), negation(second.now), last.now)
    return make("roundabout", (first, second, last), *moves), (ask(Kind.INVARIANT, negation(alone)),)


def test_ic3_goes_round() -> None:
    """In whatever order flags and moves are written, the way that IC3 finds is longer than it need be, and not called so."""
    system, questions = roundabout()
    for variables in permutations(system.variables):
        for actions in permutations(system.actions):
            (found,) = Ic3().answer(replace(system, variables=variables, actions=actions), questions, Limits())
            assert found.trace is not None
            assert len(found.trace) > 4
            assert not found.shortest
