"""A system and its inductive invariant as circuits: the model, and a witness whose property is the invariant.

Given a system, questions and an invariant, `circuits` gives two AIGER files of the same circuit (`Machine`).  In the
model bad is a state (or a step) that the questions exclude; in the witness it is a started state in which the invariant
is false.  What both promise together is told in docs/certificates.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from tdispmodel.compiling.circuits.machine import Machine
from tdispmodel.ir.expressions import Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step


def circuits(system: System, questions: Sequence[SystemProperty], invariant: Expression) -> tuple[bytes, bytes]:
    """Return the model and the witness of an inductive invariant that answers all questions.  Raises `TooWide`."""
    unaided = all(question.kind is Kind.MUST_BE_POSSIBLE for question in questions)
    machine = Machine(system.unaided if unaided else system)
    circuit = machine.circuit
    bad = circuit.any([_bad(machine, question) for question in questions])
    holds = circuit.both(machine.valid(), machine.somewhere(invariant))
    broken = circuit.both(machine.started, holds ^ 1)
    about = f"{system.name}: {', '.join(sorted({question.name for question in questions}))}"
    model = circuit.written(machine.following, [("bad", bad)], [about])
    return model, circuit.written(machine.following, [("bad", broken)], [f"{about}: invariant"])


def _bad(machine: Machine, question: SystemProperty) -> int:
    """Return what a question excludes; what never is possible is asked of states where it speaks of no step."""
    wanted = question.kind is Kind.MUST_BE_POSSIBLE
    goal = negation(question.formula) if wanted else question.formula
    return machine.violating(goal, of_steps=question.kind is Kind.STEP or speaks_of_step(goal))
