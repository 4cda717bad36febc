"""A closed set of states, checked: what it shows about every behaviour of the system.

Given a system and the states of a `ClosedStates` certificate, `ClosedSpace` first checks that every start state is in
the set and that no enabled action leaves it or a range, and then re-checks answers on the set with algorithms of its
own.  Whatever fails raises `Refused`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import compress

from tdispmodel.ir.expressions import Actor, Expression, Fairness, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.judging.columns import Columns, Encoding, step_groups
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.loops import components, levels, reached
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import Space

CHUNK = 1 << 15


class _Chunk:
    """Some of the states, from number ``start`` on, with the enabled ones and the targets of each action."""

    def __init__(self, start: int, columns: Columns, actions: Sequence[SystemAction]) -> None:
        self.start = start
        self.columns = columns
        self.enabled = [columns.mask(action.guard) for action in actions]
        self.targets: list[array[int]] = []

    def sources(self, number: int) -> compress[int]:
        """The numbers of the states in which action ``number`` is enabled."""
        count = self.columns.count
        return compress(range(self.start, self.start + count), self.columns.selected(self.enabled[number]))


def _starts(semantics: Semantics) -> list[State]:
    """Return the start states: by definition, or quickly where that is too long to follow.  Raises `Refused`."""
    try:
        return list(semantics.initial_states())
    except TooManyStarts:
        pass
    try:
        return list(start_states(semantics))
    except TooManyStarts as many:
        message = f"the start states cannot be enumerated: {many.words}"
        raise Refused(message) from many


class ClosedSpace:
    """The states of a certificate after it was found to contain the start states and to be closed."""

    def __init__(self, system: System, semantics: Semantics, states: Sequence[State]) -> None:
        self.system = system
        self.actions = system.actions
        self.states = states
        self.encoding = encoding = Encoding(system)
        self.chunks = [
            _Chunk(start, Columns(encoding, states[start : start + CHUNK]), system.actions)
            for start in range(0, len(states), CHUNK)
        ]
        self.number: dict[int, int] = {}
        for chunk in self.chunks:
            self.number.update(zip(chunk.columns.packed, range(chunk.start, len(states)), strict=False))
        if len(self.number) != len(states):
            message = "the certificate lists a state twice"
            raise Refused(message)
        starts = Columns(encoding, _starts(semantics))
        self.starts = [self.number.get(packed, -1) for packed in starts.packed]
        if -1 in self.starts:
            message = "a start state is missing in the certificate"
            raise Refused(message)
        for chunk in self.chunks:
            for number in range(len(self.actions)):
                chunk.targets.append(self._targets(chunk, number))

    def _targets(self, chunk: _Chunk, number: int) -> array[int]:
        action = self.actions[number]
        if not chunk.enabled[number]:
            return array("i")
        after = chunk.columns.successors(action, chunk.columns.selected(chunk.enabled[number]))
        try:
            return array("i", map(self.number.__getitem__, after))
        except KeyError:
            message = f"the certificate is not closed: {action.name} leads out of it"
            raise Refused(message) from None

    def number_of(self, state: State) -> int:
        """Return the number of a member; `Refused` when it is none."""
        number = self.number.get(Columns(self.encoding, [state]).packed[0])
        if number is None:
            message = "a state is not in the certificate"
            raise Refused(message)
        return number

    # --- formulas on all members ------------------------------------------------------------------------------------

    def flags(self, formula: Expression) -> bytes:
        """Return where the state formula is true, one byte per state."""
        return b"".join(chunk.columns.selected(chunk.columns.mask(formula)) for chunk in self.chunks)

    def steps(self, formula: Expression) -> list[tuple[int, _Chunk, int]]:
        """Return on which steps the formula is true: action, chunk, and the mask of the states before."""
        found = []
        for group in step_groups(formula, self.actions):
            for chunk in self.chunks:
                enabled = 0
                for number in group:
                    enabled |= chunk.enabled[number]
                if not enabled:
                    continue
                true = chunk.columns.mask(formula, self.actions[group[0]]) & enabled
                if true:
                    masks = ((number, true & chunk.enabled[number]) for number in group)
                    found += [(number, chunk, mask) for number, mask in masks if mask]
        return found

    def ever(self, formula: Expression, only: bytes | None = None) -> bool:
        """Whether the formula is true in some member (of ``only``), or on a step from it if it speaks of one."""
        if speaks_of_step(formula):
            return any(
                only is None or any(compress(only[chunk.start :], chunk.columns.selected(mask)))
                for _, chunk, mask in self.steps(formula)
            )
        flags = self.flags(formula)
        return any(flags if only is None else compress(only, flags))

    # --- the graph --------------------------------------------------------------------------------------------------

    def steps_of(self, wanted: Callable[[SystemAction], bool]) -> list[list[int]]:
        """Return the successors of each state by some of the actions."""
        graph: list[list[int]] = [[] for _ in self.states]
        for chunk in self.chunks:
            for number, action in enumerate(self.actions):
                if wanted(action):
                    for source, target in zip(chunk.sources(number), chunk.targets[number], strict=True):
                        graph[source].append(target)
        return graph

    @cached_property
    def all_steps(self) -> list[list[int]]:
        """The successors of each state."""
        return self.steps_of(lambda _: True)

    @cached_property
    def quiet_steps(self) -> list[list[int]]:
        """The successors of each state by actions that do not disturb."""
        return self.steps_of(lambda action: not action.disturbs)

    @cached_property
    def reliable_steps_back(self) -> list[list[int]]:
        """The predecessors of each state by actions that are not adversarial."""
        graph: list[list[int]] = [[] for _ in self.states]
        for chunk in self.chunks:
            for number, action in enumerate(self.actions):
                if not action.adversarial:
                    for source, target in zip(chunk.sources(number), chunk.targets[number], strict=True):
                        graph[target].append(source)
        return graph

    @cached_property
    def reachable(self) -> tuple[bytes, int]:
        """What the start states reach, and how many steps away the last of it is."""
        found, depth = levels(self.starts, self.all_steps)
        return bytes(found), depth

    @cached_property
    def space(self) -> Space:
        """The counts of the reachable part."""
        flags, depth = self.reachable
        return Space(
            sum(flags), sum(len(after) for after, flag in zip(self.all_steps, flags, strict=True) if flag), depth
        )

    def _enabled_at(self, number: int) -> bytes:
        return b"".join(chunk.columns.selected(chunk.enabled[number]) for chunk in self.chunks)

    @cached_property
    def _fair(self) -> list[tuple[SystemAction, bytes, dict[int, int]]]:
        """The fair actions: where each is enabled and, unless it disturbs, where it leads to."""
        found = []
        for number, action in enumerate(self.actions):
            if action.fair:
                leads: dict[int, int] = {}
                for chunk in self.chunks if not action.disturbs else ():
                    leads.update(zip(chunk.sources(number), chunk.targets[number], strict=True))
                found.append((action, self._enabled_at(number), leads))
        return found

    def fair_loops(self, inside: bytes | bytearray) -> Iterator[list[int]]:
        """Yield sets of states of ``inside``, round all of which a fair behaviour can go by quiet steps for ever.

        Whatever states such a behaviour goes round lie in one of them.  They are strongly connected components, without
        the states in which a strongly fair action is enabled that no step within takes: no fair loop goes there.
        """
        quiet = self.quiet_steps
        while any(inside):
            left = bytearray(len(inside))
            for component in components(quiet, inside):
                if len(component) == 1 and component[0] not in quiet[component[0]]:
                    continue
                neglected = self._neglected(component)
                if not neglected:
                    yield component
                elif all(action.fairness is Fairness.STRONG for action, _ in neglected):
                    for state in component:
                        left[state] = not any(enabled[state] for _, enabled in neglected)
            inside = left

    def _neglected(self, component: list[int]) -> list[tuple[SystemAction, bytes]]:
        """The actions whose fairness going round all of a component breaks, with where they are enabled."""
        members = set(component)
        found = []
        for action, enabled, leads in self._fair:
            owed = any if action.fairness is Fairness.STRONG else all
            if owed(enabled[state] for state in component) and not any(
                leads.get(state) in members for state in component
            ):
                found.append((action, enabled))
        return found

    def _resting_fairly(self) -> bytes:
        """Where no fair action is enabled, so that a behaviour may stay for ever."""
        count = len(self.states)
        resting = int.from_bytes(b"\1" * count, "little")
        for _, enabled, _ in self._fair:
            resting &= ~int.from_bytes(enabled, "little")
        return resting.to_bytes(count, "little")

    # --- the kinds --------------------------------------------------------------------------------------------------

    def confirm(self, question: SystemProperty) -> None:
        """Check that the property holds, as far as the certified set shows; raises `Refused`."""
        formula = question.formula
        match question.kind:
            case Kind.INVARIANT:
                if self.ever(negation(formula)):
                    message = "the property is false in a state of the certificate"
                    raise Refused(message)
            case Kind.STEP:
                if wrong := self.steps(negation(formula)):
                    message = f"the property is false on a step of {self.actions[wrong[0][0]].name} in the certificate"
                    raise Refused(message)
            case Kind.LEADS_TO:
                self._confirm_leads_to(question)
            case Kind.NEVER_ENDLESS:
                self._confirm_never_endless(formula)
            case Kind.STAYS_POSSIBLE:
                lost = bytes(not flag for flag in self.can_reach(formula))
                if any(compress(lost, self.flags(question.after))):
                    message = "the goal cannot be reached from a state of the certificate"
                    raise Refused(message)
            case Kind.MUST_BE_POSSIBLE:
                message = "a set of states does not show that something is possible"
                raise Refused(message)

    def confirm_impossible(self, question: SystemProperty) -> None:
        """Check that what must be possible never happens without a step of the host; raises `Refused`.

        The set may be closed in a system without these steps, see `System.unaided`.
        """
        if speaks_of_step(question.formula):
            taken = {self.actions[number].actor for number, _, _ in self.steps(question.formula)}
            happens = bool(taken - {Actor.HOST})
        else:
            happens = self.ever(question.formula)
        if happens:
            message = "the goal is met in the certificate"
            raise Refused(message)

    def can_reach(self, goal: Expression) -> bytearray:
        """Return from where the goal can be reached by actions that are not adversarial."""
        flags = self.flags(goal)
        everywhere = b"\1" * len(flags)
        return reached(compress(range(len(flags)), flags), self.reliable_steps_back, everywhere)

    def _confirm_leads_to(self, question: SystemProperty) -> None:
        waiting = bytes(not flag for flag in self.flags(question.formula))
        pending = [bool(both) for both in map(int.__mul__, waiting, self.flags(question.after))]
        if not any(pending):
            return
        region = reached(compress(range(len(waiting)), pending), self.all_steps, waiting)
        if any(compress(region, self._resting_fairly())):
            message = "a behaviour of the certificate waits for the goal in one state for ever"
            raise Refused(message)
        if next(self.fair_loops(region), None) is not None:
            message = "a fair loop of the certificate avoids the goal"
            raise Refused(message)

    @cached_property
    def _belongs(self) -> list[int]:
        """To which set of `fair_loops` each state belongs; none is 0."""
        belongs = [0] * len(self.states)
        for number, component in enumerate(self.fair_loops(b"\1" * len(self.states)), start=1):
            for state in component:
                belongs[state] = number
        return belongs

    def _confirm_never_endless(self, formula: Expression) -> None:
        for number, chunk, mask in self.steps(formula):
            if self.actions[number].disturbs:
                continue
            belongs = self._belongs
            chosen = chunk.columns.selected(mask)
            within = chunk.columns.selected(chunk.enabled[number])
            targets = compress(chunk.targets[number], compress(chosen, within))
            for source, target in zip(compress(range(chunk.start, len(self.states)), chosen), targets, strict=True):
                if 0 != belongs[source] == belongs[target]:
                    message = "a fair loop of the certificate takes such a step again and again"
                    raise Refused(message)
