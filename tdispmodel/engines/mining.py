"""Guesses at what is always true, from a few hundred reachable states.

Given the terms of a system, a few start states from the solver and the reference semantics give states by breadth and
by random walks; candidates are what no such state contradicts: values never seen, pairs of values never seen
together, variables never seen to differ.  They are guesses: `Strengthening` keeps those that are inductive.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from random import Random

import z3

from tdispmodel.compiling.terms import Terms
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.unrolling import satisfiable, solver_for
from tdispmodel.ir.expressions import (
    FALSE,
    AtMost,
    Boolean,
    Bounded,
    Equal,
    Expression,
    Literal,
    Read,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.system import State, System
from tdispmodel.semantics.meaning import LeavesRange, Semantics

STARTS = 20
BREADTH = 300
WALKS = 20
STEPS = 40
CANDIDATES = 4000
MANY_VALUES = 8


def sampled(terms: Terms, limits: Limits) -> list[State]:
    """Return some reachable states, always the same ones.  Raises `GaveUp`."""
    semantics = Semantics(terms.system)
    starts = _starts(terms, limits)
    seen = dict.fromkeys(starts)
    for state in (queue := list(seen)):
        if len(seen) >= BREADTH or limits.out_of_time():
            break
        for after in _successors(semantics, state):
            if after not in seen:
                seen[after] = None
                queue.append(after)
    random = Random(0)  # noqa: S311  # a fixed seed: guesses, not secrets
    for walk in range(WALKS if starts else 0):
        state = starts[walk % len(starts)]
        for _ in range(STEPS):
            choices = [] if limits.out_of_time() else list(_successors(semantics, state))
            if not choices:
                break
            state = random.choice(choices)
            seen[state] = None
    return list(seen)


def _starts(terms: Terms, limits: Limits) -> list[State]:
    solver = solver_for(terms, limits)
    solver.add(terms.initial)
    found: list[State] = []
    while len(found) < STARTS and satisfiable(solver, limits):
        model = solver.model()
        found.append(terms.state(model, terms.now))
        same = [slot == model.eval(slot, model_completion=True) for slot in terms.now.flat]
        solver.add(z3.Not(z3.And(*same)) if same else z3.BoolVal(False, terms.context))
    return found


def _successors(semantics: Semantics, state: State) -> Iterator[State]:
    for action in semantics.enabled(state):
        try:
            yield semantics.step(state, action)
        except LeavesRange:
            continue


def candidates(system: System, samples: list[State]) -> list[Expression]:
    """Return guesses that every sample satisfies, those about one variable first, not more than `CANDIDATES`."""
    if not samples:
        return [FALSE]
    found: list[Expression] = []
    atoms: list[tuple[int, Expression, int]] = []
    everywhere = (1 << len(samples)) - 1
    columns = list(zip(*samples, strict=True))
    for position, column in enumerate(columns):
        for atom, seen in _atoms(system, position, column):
            if seen == 0:
                found.append(negation(atom))
            elif seen == everywhere:
                found.append(atom)
            else:
                atoms.append((position, atom, seen))
    found += _relations(system, columns)
    for (first, left, seen), (second, right, also) in combinations(atoms, 2):
        if len(found) >= CANDIDATES:
            break
        if first != second and not seen & also:
            found.append(disjunction(negation(left), negation(right)))
    return found


def _atoms(system: System, position: int, column: tuple[object, ...]) -> Iterator[tuple[Expression, int]]:
    """Conditions on one variable, each with the set of samples (a bit each) in which it is true."""
    variable = system.variables[position]
    read = Read(variable.name, variable.sort)

    def seen(value: object) -> int:
        return sum(1 << sample for sample, known in enumerate(column) if known == value)

    match variable.sort:
        case Boolean():
            yield read, seen(True)
            yield negation(read), seen(False)
        case Bounded(low, high) if high - low >= MANY_VALUES:
            numbers = [known for known in column if isinstance(known, int)]
            yield AtMost(number(min(numbers)), read), (1 << len(column)) - 1
            yield AtMost(read, number(max(numbers))), (1 << len(column)) - 1
            yield Equal(read, number(low)), seen(low)
        case sort:
            for value in sort.values:
                yield Equal(read, Literal(value, sort)), seen(value)


def _relations(system: System, columns: list[tuple[object, ...]]) -> Iterator[Expression]:
    """Variables of one sort that are always the same; integers that are always in order."""
    for (first, left), (second, right) in combinations(enumerate(system.variables), 2):
        one, other = Read(left.name, left.sort), Read(right.name, right.sort)
        if left.sort == right.sort and columns[first] == columns[second]:
            yield Equal(one, other)
        elif isinstance(left.sort, Bounded) and isinstance(right.sort, Bounded):
            pairs = list(zip(columns[first], columns[second], strict=True))
            if all(a <= b for a, b in pairs if isinstance(a, int) and isinstance(b, int)):
                yield AtMost(one, other)
            elif all(b <= a for a, b in pairs if isinstance(a, int) and isinstance(b, int)):
                yield AtMost(other, one)
