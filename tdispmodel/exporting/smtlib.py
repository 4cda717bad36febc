"""A system, unrolled, as SMT-LIB 2 in the logic QF_BV, for z3, cvc5 and other solvers.

The script has a copy of the variables for each number of steps up to ``depth``, joined by the steps between them, and
asks of each question and each number of steps whether it can be violated after exactly so many: a step property is
violated by its last step.  Each query is an ``echo`` that says which, and a ``check-sat``; the first one that is
answered ``sat`` is a shortest violation, and nothing shorter exists where all before it are ``unsat``.  The constant
``|taken@n|`` is the number of the action that is taken from step n to step n + 1.

Where an integer could leave its range, the last question is that; a step that would do so is not taken.

Left out, in words: kinds of property other than invariants and step properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tdispmodel.exporting.foreign import SAFETY, Inexpressible, distinct, possible, remark, straying, told
from tdispmodel.ir.expressions import Enumeration
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemAction, SystemProperty
from tdispmodel.printing.smtlib import Terms, Where, any_of

DEPTH = 10
"""So many steps are written out where nobody says how many."""

DEEPEST = 1000
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_\[\]., ()-]*", re.ASCII)
"""Names that can stand between bars as they are: all solvers read these."""


def smtlib(system: System, questions: Sequence[SystemProperty] = (), *, depth: int = DEPTH) -> str:
    """Return the script that asks each question for each number of steps up to ``depth``.  Raises `Inexpressible`."""
    if not 0 <= depth <= DEEPEST:
        message = f"the depth is {depth}, not 0 to {DEEPEST}"
        raise Inexpressible(message)
    return "\n".join(_Unrolling(system, questions, depth).lines()) + "\n"


class _Unrolling:
    def __init__(self, system: System, questions: Sequence[SystemProperty], depth: int) -> None:
        self.system = system
        self.depth = depth
        self.left_out = [question for question in questions if question.kind not in SAFETY]
        self.asked = [*(question for question in questions if question.kind in SAFETY), *straying(system)]
        self.terms = Terms(system, [question.formula for question in self.asked])
        names = [variable.name for variable in system.variables]
        plain = {name for name in names if PLAIN.fullmatch(name)}
        self.symbols = {name: name for name in plain}
        self.symbols |= distinct([name for name in names if name not in plain], plain)
        (self.taken,) = distinct(["taken"], self.symbols.values()).values()
        self.bits = max(1, (len(system.actions) - 1).bit_length())
        self.codes = {action.name: f"(_ bv{code} {self.bits})" for code, action in enumerate(system.actions)}

    def lines(self) -> Iterator[str]:
        yield f"; {remark(self.system.name)}, {self.depth} steps, for z3 and other solvers: z3 FILE; cvc5 -i FILE"
        yield "; An answer sat: violated after exactly so many steps; then (get-model) in its place shows how."
        for question in self.left_out:
            yield f"; left out: {told(question)}, which is {question.kind.value}"
        for code, action in enumerate(self.system.actions):
            yield f"; {self.taken} {code} is {remark(action.name)}"
        for variable in self.system.variables:
            symbol = self.symbols[variable.name]
            if symbol != variable.name:
                yield f"; {symbol} is {variable.name!a}"
            if isinstance(variable.sort, Enumeration):
                members = enumerate(map(remark, variable.sort.members))
                yield f"; {symbol}: " + ", ".join(f"{code} {member}" for code, member in members)
        yield "(set-option :produce-models true)"
        yield "(set-logic QF_BV)"
        for steps in range(self.depth + 1):
            yield from self.state(steps)
            if steps == 0:
                yield f"(assert {self.terms.start(self.at(0))})"
            else:
                yield from self.step(steps - 1)
            for question in self.asked:
                if steps or question.kind is Kind.INVARIANT:
                    yield "(push 1)"
                    yield f"(assert {self.violated(question, steps)})"
                    yield f'(echo "{told(question)}, {steps} steps")'
                    yield "(check-sat)"
                    yield "(pop 1)"
        yield "(exit)"

    def at(self, steps: int) -> Where:
        """How variables are called after so many steps."""
        return lambda name: f"|{self.symbols[name]}@{steps}|"

    def state(self, steps: int) -> Iterator[str]:
        """Declare the variables after so many steps."""
        name = self.at(steps)
        for variable in self.system.variables:
            yield f"(declare-const {name(variable.name)} {self.terms.sort(variable.sort)})"
        yield f"(assert {self.terms.domain(name)})"

    def step(self, steps: int) -> Iterator[str]:
        """Some action is taken where it can be; each variable is what it assigns, or else what it was."""
        now, later = self.at(steps), self.at(steps + 1)
        yield f"(declare-const |{self.taken}@{steps}| (_ BitVec {self.bits}))"
        yield f"(assert {any_of([self.takes(action, steps) for action in self.system.actions])})"
        for action in self.system.actions:
            yield f"(assert (=> {self.takes(action, steps)} {self.terms.term(possible(self.system, action), now)}))"
        for variable in self.system.variables:
            value = now(variable.name)
            for action in self.system.actions:
                for assignment in action.assignments:
                    if assignment.variable == variable.name:
                        found = self.terms.term(assignment.value, now)
                        value = f"(ite {self.takes(action, steps)} {found} {value})"
            yield f"(assert (= {later(variable.name)} {value}))"

    def takes(self, action: SystemAction, steps: int) -> str:
        """The term that the action is taken after so many steps."""
        return f"(= |{self.taken}@{steps}| {self.codes[action.name]})"

    def violated(self, question: SystemProperty, steps: int) -> str:
        """The term that a question is violated after so many steps, by the last of them if it is about steps."""
        if question.kind is Kind.INVARIANT:
            return f"(not {self.terms.term(question.formula, self.at(steps))})"

        def took(names: frozenset[str]) -> str:
            return any_of([self.takes(action, steps - 1) for action in self.system.actions if action.name in names])

        return f"(not {self.terms.term(question.formula, self.at(steps - 1), self.at(steps), took)})"
