"""A system as a circuit in AIGER 1.9 (A. Biere, K. Heljanko, S. Wieringa, "AIGER 1.9 and beyond", 2011), for ABC.

Each invariant and each step property is a bad state of its own, named by its code and name; the comment at the end of
the file says what the latches and the inputs mean.  Where the system can come to an end, or a chosen action is not
enabled, the circuit waits, which changes no verdict about states and steps.  Where an integer could leave its range,
the last bad state is that: it is an error of the model, and no other answer counts if it is reached.

Left out, in words: the other kinds of property (`justice` knows fairness, but not the promises to single actions, nor
disturbances that end); variables and operations with more values than a circuit can list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.compiling.circuits.aiger import FALSE
from tdispmodel.compiling.circuits.machine import Machine, TooWide
from tdispmodel.exporting.foreign import SAFETY, STRAYS, Inexpressible, told
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty


def aiger(system: System, questions: Sequence[SystemProperty] = ()) -> bytes:
    """Return the circuit with the questions that can be asked.  Raises `Inexpressible`."""
    asked = [question for question in questions if question.kind in SAFETY]
    try:
        machine = Machine(system)
        bad = [
            (told(question), machine.violating(question.formula, of_steps=question.kind is Kind.STEP))
            for question in asked
        ]
    except TooWide as reason:
        message = f"{reason}, which a circuit would list"
        raise Inexpressible(message) from None
    if machine.strays != FALSE:
        bad.append((STRAYS, machine.strays))
    lines = [*_comment(system, asked), *_left_out(questions)]
    return machine.circuit.written(machine.following, bad, lines)


def _comment(system: System, asked: Sequence[SystemProperty]) -> Iterator[str]:
    """What a reader of the file must know: frames, properties, and the codes of actions and values."""
    yield f"{system.name}, {system.devices} device(s), for ABC"
    if asked:
        yield 'property 0 by itself: berkeley-abc -c "read_aiger FILE; cone -O 0 -s; pdr"'
    else:
        yield "no property: none was picked that is an invariant or is about steps"
    yield "Frame 0 has no state yet: the inputs start choose one of the start states, and started is 1 from then on."
    yield "An action that is not enabled, or has no code below, changes nothing."
    yield "A violation seen in frame f has f - 1 steps (an invariant) or f steps (a step property)."
    for number, question in enumerate(asked):
        yield f"b{number} is a violation of {told(question)}, {question.kind.value}"
    for number, action in enumerate(system.actions):
        yield f"action {number} is {action.name}"
    for variable in system.variables:
        values = ", ".join(f"{code} {value}" for code, value in enumerate(variable.sort.values))
        yield f"{variable.name}: {values}"


def _left_out(questions: Sequence[SystemProperty]) -> Iterator[str]:
    for question in questions:
        if question.kind not in SAFETY:
            yield f"left out: {told(question)}, which is {question.kind.value}"
