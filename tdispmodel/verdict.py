"""Verdicts: a three-valued answer with its evidence, and how two of them are joined.  Layer 3."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from tdispmodel.ir.expressions import Binder, Expression, Quantified, SameInstance, Value, disjunction
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.source import Complaint


class Answer(Enum):
    """What is known about a property."""

    HOLDS = "holds"
    VIOLATED = "violated"
    OPEN = "open"


class Contradiction(Exception):
    """Two engines gave answers that cannot both be right: a fault of tdispmodel (exit code 70)."""


@dataclass(frozen=True)
class Trace:
    """A behaviour: a start state, then for each step the action instance taken and the state it leads to.

    ``loop``: for an infinite behaviour the index of the state (0 is the start) to which the last state returns, that
    is, the last state equals that state; with ``loop`` equal to the index of the last state it stays there for ever
    (stutters).  None for a finite behaviour.
    """

    initial: State
    steps: tuple[tuple[str, State], ...] = ()
    loop: int | None = None

    @property
    def states(self) -> tuple[State, ...]:
        """All states, the start state first."""
        return (self.initial, *(state for _, state in self.steps))

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        return True  # a behaviour without steps is a behaviour


@dataclass(frozen=True)
class ClosedStates:
    """Certificate: a set of states that contains all start states and every successor of its members.

    That something is not possible without the host is shown by a set without the goal that need only contain those
    successors to which the host does not lead; so may an inductive invariant.
    """

    states: tuple[State, ...]
    kind: str = field(default="closed set of states", init=False)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, ClosedStates) and set(self.states) == set(other.states))


@dataclass(frozen=True)
class LocalStates:
    """What a part of a system can look like: its variables, and the combinations of their values, each once."""

    variables: tuple[str, ...]
    states: tuple[State, ...]


@dataclass(frozen=True)
class NumberedStates:
    """Certificate: ``count`` states are reachable, and each is a combination of local states of the parts.

    The same as `ClosedStates` for sets that are too large to be listed: whoever checks it goes through them again.
    """

    parts: tuple[LocalStates, ...]
    count: int
    kind: str = field(default="states made of numbered parts", init=False)


@dataclass(frozen=True)
class NumberedOrbits:
    """Certificate: as `NumberedStates`, but of all states that interchangeable instances make of one another only one
    is counted, in which the local states of each class ascend in the order in which they are listed.

    ``classes`` names the instances; all permutations of a class map the system onto itself.  ``count`` is how many such
    orbits are reachable.
    """

    parts: tuple[LocalStates, ...]
    classes: tuple[tuple[str, ...], ...]
    count: int
    kind: str = field(default="orbits of states made of numbered parts", init=False)


@dataclass(frozen=True)
class InductiveInvariant:
    """Certificate: true in every start state, kept by every action, and implying the property."""

    invariant: Expression
    kind: str = field(default="inductive invariant", init=False)


@dataclass(frozen=True)
class KInduction:
    """Certificate: with the inductive ``lemma``, the property holds on the first ``length`` states of every behaviour
    and is implied at the end of every path of ``length`` steps on which it held before; with ``simple_path`` only
    paths without a repeated state count (which is enough, since a shortest violation repeats none).
    """

    length: int
    lemma: Expression
    simple_path: bool
    kind: str = field(default="k-induction", init=False)


@dataclass(frozen=True)
class NothingSeen:
    """Certificate of a leads-to or never-endless property: a watcher beside the system never sees a fair loop.

    ``invariant`` is true in every start state of the two together, kept by every step, and excludes that anything is
    seen.  The watcher (docs/watcher.md says it in full) guesses where a loop begins, saves the variables ``saves``,
    keeps an account for each fair action of ``duties``, and sees something when the saved variables have their saved
    values again and all accounts are paid ``rounds`` times over.  A fair loop is seen by every watcher, however little
    it saves and however few accounts it keeps; so where nothing is seen, no behaviour violates the property.
    """

    saves: tuple[str, ...]
    duties: tuple[str, ...]
    rounds: int
    invariant: Expression
    kind: str = field(default="inductive invariant of a watcher", init=False)


@dataclass(frozen=True)
class Witness:
    """Certificate of a must-be-possible property that holds: the behaviour itself, without a step of the host."""

    trace: Trace
    kind: str = field(default="witness", init=False)


@dataclass(frozen=True)
class QuantifiedClause:
    """A formula that is true of all different instances.

    ``bound`` names each instance with the collection that it is of; ``body`` is a template formula about one state,
    that is, about these names and about ``self``, the root.
    """

    bound: tuple[tuple[str, str], ...]
    body: Expression

    @property
    def formula(self) -> Expression:
        """The clause with its quantifiers written out."""
        found = self.body
        for position, (name, collection) in reversed(list(enumerate(self.bound))):
            same = [SameInstance(name, other) for other, of in self.bound[:position] if of == collection]
            found = Quantified(Binder.ALL, name, collection, disjunction(*same, found))
        return found


@dataclass(frozen=True)
class QuantifiedInvariant:
    """Certificate for any number of devices: clauses that together are true in every start state, kept by every action,
    and imply the property, however many instances there are.
    """

    clauses: tuple[QuantifiedClause, ...]
    kind: str = field(default="quantified invariant", init=False)


Certificate = (
    ClosedStates
    | InductiveInvariant
    | KInduction
    | NothingSeen
    | Witness
    | QuantifiedInvariant
    | NumberedStates
    | NumberedOrbits
)


class Watcher:
    """What the variables of a watcher are called; no variable of a model has a bracket of this sort in its name."""

    STAGE = "watcher(stage)"
    ROUND = "watcher(round)"
    RECURRED = "watcher(recurred)"
    STAGES = ("SEARCHING", "PENDING", "GOING_ROUND")
    SEARCHING, PENDING, GOING_ROUND = STAGES

    @staticmethod
    def saved(variable: str) -> str:
        """Return the name of the saved value of a variable."""
        return f"saved({variable})"

    @staticmethod
    def paid(action: str) -> str:
        """Return the name of the flag that an action got its due in this round."""
        return f"paid({action})"

    @staticmethod
    def owed(action: str) -> str:
        """Return the name of the flag that a strongly fair action was enabled in this round."""
        return f"owed({action})"


@dataclass(frozen=True)
class Space:
    """What an exhaustive search counted: distinct states, transitions (one per enabled action instance per state,
    self-loops included), and the depth of the last new level in steps.
    """

    states: int
    transitions: int
    depth: int


@dataclass(frozen=True)
class Interchanged:
    """That only one was visited of all states that interchangeable instances make of one another: the classes of these
    instances, and how many such ``orbits`` all states are.
    """

    classes: tuple[tuple[str, ...], ...]
    orbits: int


@dataclass(frozen=True)
class Verdict:
    """An answer with its evidence.

    ``reason`` says in words why it is open; ``bound`` is the number of steps up to which a bounded search found
    nothing; ``shortest`` whether the trace is known to be of least length, ``minimal`` whether it is known that no
    single step of it, or of the witness, can be left out; ``vacuous`` is None when it was not asked;
    ``confirmed_by`` names a second engine, of another family, that says the same (``--paranoid``); ``symmetry`` says
    that instances were interchanged (``space`` counts all states nevertheless).
    """

    property: SystemProperty
    answer: Answer
    engine: str
    reason: str = ""
    bound: int | None = None
    trace: Trace | None = None
    shortest: bool = False
    minimal: bool = False
    certificate: Certificate | None = None
    vacuous: bool | None = None
    space: Space | None = None
    symmetry: Interchanged | None = None
    seconds: float = 0.0
    confirmed_by: str = ""


def join(first: Verdict, second: Verdict) -> Verdict:
    """Join two verdicts on the same question: the decided one, the shorter counterexample, the deeper bound.

    Raises `Contradiction` when one says that it holds and the other that it is violated.
    """
    answers = {first.answer, second.answer}
    if answers == {Answer.HOLDS, Answer.VIOLATED}:
        said = [f"{verdict.engine} says {verdict.answer.value}" for verdict in (first, second)]
        message = f"{first.property.name}: {', '.join(said)}"
        raise Contradiction(message)
    better, other = (second, first) if _preferred(second, first) else (first, second)
    return replace(
        better,
        space=better.space or other.space,
        vacuous=better.vacuous if better.vacuous is not None else other.vacuous,
        seconds=first.seconds + second.seconds,
    )


def _preferred(challenger: Verdict, holder: Verdict) -> bool:
    """Whether ``challenger`` says more than ``holder``; on a tie the holder stays."""
    if challenger.answer is not holder.answer:
        return holder.answer is Answer.OPEN
    match challenger.answer:
        case Answer.VIOLATED:
            if challenger.trace is None or holder.trace is None:
                return holder.trace is None and challenger.trace is not None
            return len(challenger.trace) < len(holder.trace)
        case Answer.HOLDS:
            return holder.certificate is None and challenger.certificate is not None
        case Answer.OPEN:
            return (challenger.bound or -1) > (holder.bound or -1)


class OutOfRange(Exception):
    """An integer of the model can leave its range (an error of the model, exit 2).

    ``trace`` leads to the state in which ``action`` would assign ``value`` to ``variable``.
    """

    def __init__(self, trace: Trace, action: str, variable: str, value: object) -> None:
        self.trace, self.action, self.variable, self.value = trace, action, variable, value
        super().__init__(f"{action} assigns {value} to {variable} after {len(trace)} steps")


@dataclass(frozen=True)
class AnyNumber:
    """That a question was about any number of devices: ``constants`` are those of one device of each kind that there
    may be, and with 1 to ``holds_up_to`` devices the property is known to hold.
    """

    constants: tuple[tuple[str, Value], ...] = ()
    holds_up_to: int = 0


@dataclass(frozen=True)
class Result:
    """One cell: a verdict on a property of a proposal, with the system that it was asked of.

    With ``any_number`` it was asked of any number of devices: a violation is one of ``system``; anything else is said
    of every number, and ``system`` is the smallest one.
    """

    proposal: str
    system: System
    verdict: Verdict
    any_number: AnyNumber | None = None


@dataclass(frozen=True)
class Skipped:
    """A property that is not applicable to a proposal, and why."""

    proposal: str
    property: str
    code: str
    reason: str


@dataclass(frozen=True)
class Report:
    """All that a run found out, in the order in which it was asked; renderers turn this into text."""

    results: tuple[Result, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    complaints: tuple[Complaint, ...] = ()
