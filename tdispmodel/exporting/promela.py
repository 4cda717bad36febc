"""A system as Promela, the language of SPIN (G. J. Holzmann, "The SPIN Model Checker", 2003).

One process goes round a loop whose options are the action instances, each a deterministic step, so that SPIN's states
are ours.  With one start state SPIN stores as many states and takes as many transitions as we count, plus one for
storing the first; with several there is one more state, before one of them is chosen.  What must hold of every state is
an option that can be taken only where it does not and then fails; what must hold of every step is asserted in the step.

Left out, in words: kinds of property other than these two, numbers that do not fit into 32 bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.exporting.foreign import SAFETY, Dialect, Foreign, Inexpressible, remark, told
from tdispmodel.ir.expressions import TRUE, Boolean, Bounded, Enumeration, Sort
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty

RESERVED = """
active assert atomic bit bool break byte chan const d_step d_proctype do else empty enabled eval false fi for full
get_priority goto hidden if in init inline int len local ltl mtype nempty never nfull notrace np_ od of pc_value pid
printf priority proctype provided return run select set_priority short show skip STDIN timeout trace true typedef
unless unsigned xr xs X U V W
"""

DIALECT = Dialect(
    conjunction="&&",
    disjunction="||",
    negation="!",
    equality="==",
    choice=lambda condition, then, otherwise: f"({condition} -> {then} : {otherwise})",
    reserved=frozenset(RESERVED.split()),
)
TYPES = (("byte", 0, 255), ("short", -(1 << 15), (1 << 15) - 1), ("int", -(1 << 31), (1 << 31) - 1))


def promela(system: System, questions: Sequence[SystemProperty] = ()) -> str:
    """Return the model with the questions that can be asked.  Raises `Inexpressible`."""
    return "\n".join(_Writer(system, questions).lines()) + "\n"


class _Writer:
    def __init__(self, system: System, questions: Sequence[SystemProperty]) -> None:
        self.system = system
        self.foreign = Foreign(system, DIALECT)
        self.invariants = [question for question in questions if question.kind is Kind.INVARIANT]
        self.steps = [question for question in questions if question.kind is Kind.STEP]
        self.left_out = [question for question in questions if question.kind not in SAFETY]
        self.later = self.foreign.later

    def lines(self) -> Iterator[str]:
        starts = self.foreign.starts()
        yield f"/* {remark(self.system.name)}, for SPIN; one option of the loop is one action instance."
        yield "   spin -a -o2 FILE && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -E"
        yield "   Without -o2, SPIN leaves out variables that are never read, and so finds fewer states; with -DBFS the"
        yield "   first violation that it finds is a shortest one. */"
        for question in self.left_out:
            yield f"/* left out: {told(question)}, which is {question.kind.value} */"
        for sort in self.foreign.enumerations:
            for code, member in enumerate(sort.members):
                yield f"#define {self.foreign.members[f'{sort.name}.{member}']} {code}"
        yield from self.declarations(starts)
        yield ""
        yield "init {"
        if len(starts) > 1:
            yield "  if"
            for state in starts:
                yield f"  :: d_step {{ {self.beginning(state)} }}"
            yield "  fi;"
        yield "end:"
        yield "  do"
        for action in self.system.actions:
            yield from self.option(action)
        for question in self.invariants:
            broken = f"!({self.foreign.formula(question.formula)})"
            yield f"  :: d_step {{ {broken} -> assert(false) }} /* {told(question)} */"
        yield "  od"
        yield "}"

    def declarations(self, starts: Sequence[State]) -> Iterator[str]:
        later = {name for action in self.system.actions for name in self.kept(action)}
        for position, variable in enumerate(self.system.variables):
            word, kind = self.foreign.variables[variable.name], type_of(variable.sort)
            first = f" = {self.foreign.value(starts[0][position], variable.sort)}" if len(starts) == 1 else ""
            yield f"{kind} {word}{first};"
            if variable.name in later:
                yield f"{kind} {self.later[variable.name]}; /* 0 but inside a step */"

    def beginning(self, state: State) -> str:
        """The statements that make the first state this one."""
        assigned = [
            f"{self.foreign.variables[variable.name]} = {self.foreign.value(value, variable.sort)}"
            for variable, value in zip(self.system.variables, state, strict=True)
        ]
        return "; ".join(assigned) or "skip"

    def kept(self, action: SystemAction) -> list[str]:
        """The variables whose later value must be kept aside, since another assignment or a property reads them."""
        if self.steps:
            return [assignment.variable for assignment in action.assignments]
        read: set[str] = set()
        found = []
        for assignment in reversed(action.assignments):  # who is read by a later assignment is assigned after it
            if assignment.variable in read:
                found.append(assignment.variable)
            read |= self.foreign.depends(assignment.value)
        return found[::-1]

    def option(self, action: SystemAction) -> Iterator[str]:
        text = self.foreign.formula
        kept = self.kept(action)
        statements = [
            f"{(self.later if assignment.variable in kept else self.foreign.variables)[assignment.variable]}"
            f" = {text(assignment.value)}"
            for assignment in action.assignments
        ]
        later = {name: self.later[name] for name in kept}
        statements += [
            f"assert({text(question.formula, action, later)}) /* {told(question)} */"
            for question in self.steps
            if question.formula != TRUE
        ]
        statements += [f"{self.foreign.variables[name]} = {self.later[name]}" for name in kept]
        statements += [f"{self.later[name]} = 0" for name in kept]
        guard = text(action.guard)
        yield f"  :: d_step {{ {guard} -> {'; '.join(statements) or 'skip'} }} /* {remark(action.name)} */"


def type_of(sort: Sort) -> str:
    """Return the smallest type that holds a sort.  Raises `Inexpressible`."""
    match sort:
        case Boolean():
            return "bool"
        case Enumeration(_, members):
            low, high = 0, len(members) - 1
        case Bounded(low, high):
            pass
    for name, least, most in TYPES:
        if least <= low and high <= most:
            return name
    message = f"numbers from {low} to {high} do not fit into 32 bits"
    raise Inexpressible(message)
