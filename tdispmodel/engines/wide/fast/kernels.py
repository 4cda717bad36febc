"""What the search does with very many states, compiled once for all models; nothing is generated for a model.

A state is a word: the number of each part's local state, in bits of its own.  What was visited is exact: a bit for each
combination of numbers (of interchangeable instances: for each multiset), or the words themselves in a table with open
addressing.  Bits and words are put by atomic operations, so that of several threads that find a state one is told that
it is new.

``parts``    for each part a row: where its number is in a state, its mask, its place in ``order``, where its class
             begins and ends there; where its pairs begin, and how many there are for one local state of the whole,
             in ``met``, and in ``tables``, which has their numbers; where its numbers begin in ``choice``
``order``    the parts, those that are interchangeable side by side
``choice``   what each number of a part counts in the place of a bit; those of the whole count what they are
``tables``   steps, formulas and effects as rows of numbers (`tables`)
``known``    the address of what was visited; ``mask`` is that of the places in the table, or 0 if it is bits
``out``      the states that are new
``met``      a byte for each pair of local states, the whole's and an instance's, that a new state has
``counters`` how many are new, how many were chosen, steps, states that orbits stand for, what went wrong

What is called for each step must be given no array: each call would count references to it, with an atomic operation.
"""

from __future__ import annotations

import numpy as np

from tdispmodel.compiling.parts import Numbers
from tdispmodel.engines.wide.fast.compiling import Bytes, exchanged, joined, kernel, loaded, part_of_kernels, soon
from tdispmodel.engines.wide.visited import Keys

Number = int | np.int64

SHIFT, MASK, POSITION, FIRST, END, MET, MET_SIDE, PAIRS, PAIR_SIDE, CHOICE, COLUMNS = range(11)
"""Of a row of ``parts``."""
FOUND, CHOSEN, STEPS, STOOD, WRONG = range(5)
"""Counters."""
PART, START, AFTER, MANY, ENTRY = range(5)
"""Of a row of a table of steps."""
FORMULA, BEGIN, STOP = range(3)
"""Of a row of a broad action."""
CHANGED, BY, TABLE = range(3)
"""Of a row of an effect."""
OPERATION, OF, FLAGS, LENGTH = 0, 1, 4, 5
"""Of a row of a formula."""
LOOK, NOT, AND = 0, 1, 2
EMPTY = -1
AHEAD = 64
"""So many states are put together, so that what is looked at is fetched meanwhile."""
LOW = (1 << 31) - 1
ONCE, TWICE = 0x1E3779B97F4A7C15, 0x3F58476D1CE4E5B9
"""Odd numbers of which the bits look random; the first is the golden ratio's (D. E. Knuth, "The Art of Computer
Programming", 3, 1998, 6.4, on multiplicative hashing)."""
WORD_SHIFT, WORD_MASK = 6, 63

WORDS, ROWS, NUMBERS, BYTES = "i8[::1]", "i8[:,::1]", "i4[::1]", "u1[::1]"
INSERT = f"void({WORDS},i8,i8,{ROWS},{WORDS},i8,i8,{WORDS},{BYTES},{WORDS})"
EXPAND = (
    f"i8({WORDS},i8,i8,{ROWS},{WORDS},{ROWS},{WORDS},{NUMBERS},i8,{ROWS},{WORDS},{ROWS},{WORDS},"
    f"i8,i8,i8,i8,{WORDS},{ROWS},{BYTES},{WORDS})"
)


@part_of_kernels
def mixed(state: Number) -> Number:
    """Return a number of which the low bits differ where states differ little."""
    state *= ONCE
    state ^= (state >> 32) & LOW
    state *= TWICE
    return state ^ ((state >> 29) & LOW)


@part_of_kernels
def word_of(mask: Number, state: Number, place: Number) -> Number:
    """Return which word is looked at first."""
    return place >> WORD_SHIFT if mask == 0 else mixed(state) & mask


@part_of_kernels
def visited(known: Number, mask: Number, word: Number, state: Number, place: Number) -> Number:
    """Return 0 if a state was visited before, 1 if it was not, and -1 if there is no room; now it is."""
    if mask == 0:
        bit = np.int64(1) << (place & WORD_MASK)
        return np.int64(loaded(known, word) & bit == 0 and joined(known, word, bit) & bit == 0)
    for _ in range(mask + 1):
        found = loaded(known, word)
        if found == EMPTY:
            found = exchanged(known, word, np.int64(EMPTY), state)
            if found == EMPTY:
                return np.int64(1)
        if found == state:
            return np.int64(0)
        word = (word + 1) & mask
    return np.int64(-1)


@part_of_kernels
def note(new: Number, state: Number, parts: Keys, out: Keys, met: Bytes, counters: Keys) -> None:
    """Note a state that is new, and the pairs that it has."""
    if new < 0:
        counters[WRONG] += 1
        return
    out[counters[FOUND]] = state
    counters[FOUND] += 1
    whole = state >> parts[0, SHIFT] & parts[0, MASK]
    for part in range(1, len(parts)):
        number = state >> parts[part, SHIFT] & parts[part, MASK]
        met[parts[part, MET] + whole * parts[part, MET_SIDE] + number] = 1


@part_of_kernels
def ascend(after: Keys, order: Keys, first: Number, last: Number) -> None:
    """Let the numbers of a class ascend."""
    for end in range(first + 1, last):
        number, position = after[order[end]], end
        while position > first and after[order[position - 1]] > number:
            after[order[position]] = after[order[position - 1]]
            position -= 1
        after[order[position]] = number


@part_of_kernels
def true(tables: Numbers, at: Number, pairs: Keys) -> bool:
    """Whether a formula is true; what it is made of stands in the order in which it is worked out."""
    stack = np.int64(0)
    for operation in range(tables[at]):
        row = at + 1 + operation * LENGTH
        kind = tables[row + OPERATION]
        if kind == LOOK:
            stack = stack << 1 | (tables[tables[row + FLAGS] + pairs[tables[row + OF]]] != 0)
        elif kind == NOT:
            stack ^= 1
        else:
            last = stack & 1
            stack >>= 1
            if kind == AND:
                stack &= last | ~np.int64(1)
            else:
                stack |= last
    return bool(stack & 1)


@kernel(INSERT)
def insert(
    states: Keys,
    first: int,
    last: int,
    parts: Keys,
    choice: Keys,
    known: int,
    mask: int,
    out: Keys,
    met: Bytes,
    counters: Keys,
) -> None:
    """Visit some representatives."""
    ahead_place, ahead_word = np.empty(AHEAD, np.int64), np.empty(AHEAD, np.int64)
    for begin in range(first, last, AHEAD):
        count = min(AHEAD, last - begin)
        for index in range(count):
            state, place = states[begin + index], np.int64(0)
            for part in range(len(parts)):
                place += choice[parts[part, CHOICE] + (state >> parts[part, SHIFT] & parts[part, MASK])]
            ahead_place[index], ahead_word[index] = place, word_of(mask, state, place)
            soon(known, ahead_word[index])
        for index in range(count):
            state = states[begin + index]
            new = visited(known, mask, ahead_word[index], state, ahead_place[index])
            if new != 0:
                note(new, state, parts, out, met, counters)


@kernel(EXPAND)
def expand(
    states: Keys,
    first: int,
    last: int,
    parts: Keys,
    order: Keys,
    classes: Keys,
    choice: Keys,
    tables: Numbers,
    steps: int,
    broad: Keys,
    may: Keys,
    effects: Keys,
    watched: Keys,
    permutations: int,
    known: int,
    mask: int,
    most: int,
    out: Keys,
    chosen: Keys,
    met: Bytes,
    counters: Keys,
) -> int:
    """Visit what all steps of some states lead to, and choose states to be looked at again; return how far it came.

    ``classes`` has where in ``order`` classes begin and end, ``permutations`` is how many there are of them all.
    ``steps`` says where the tables of steps are listed: each has a part, where its steps begin for each pair, what
    becomes of the whole and the instance, and how many steps there are from each pair, which may lead to the same.
    ``broad`` has for each broad action its formula, and where its effects begin and end in ``effects`` (end -1: it is
    not known what it does); these are rows: a part, by which part it is looked up, where.  Of the first of them ``may``
    has a bit for each local state of the whole.  ``watched`` has formulas.  A state is chosen with the number of a
    broad action that is not known there, or of a formula, counted on.  ``most`` are the states that one leads to, at
    most.
    """
    count, rows = len(parts), len(broad) + len(watched)
    numbers, after, pairs = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    beside, places, words = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    columns, shifts = np.empty(count, np.int64), np.empty(count, np.int64)
    ahead, ahead_place, ahead_word = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    for index in range(first, last):
        if counters[FOUND] + most > len(out) or counters[CHOSEN] + rows > len(chosen):
            return index
        state = states[index]
        for part in range(count):
            numbers[part] = state >> parts[part, SHIFT] & parts[part, MASK]
        whole = pairs[0] = numbers[0]
        for part in range(1, count):
            pairs[part] = tables[parts[part, PAIRS] + whole * parts[part, PAIR_SIDE] + numbers[part]]
            if pairs[part] < 0:
                counters[WRONG] += 1
                return last
        alike = np.int64(1)
        for each in range(len(classes)):
            run = 1
            for position in range(classes[each, 0] + 1, classes[each, 1]):
                run = run + 1 if numbers[order[position]] == numbers[order[position - 1]] else 1
                alike *= run
        taken, going, of_whole = np.int64(0), np.int64(0), parts[0, SHIFT]
        base, key = np.int64(0), np.int64(0)  # what is left of the state's place and word without the whole
        for part in range(1, count):
            base += choice[parts[part, CHOICE] + numbers[part]]
            key += numbers[part] << parts[part, SHIFT]

        # steps of one part, from tables
        for table in range(tables[steps]):
            row = steps + 1 + table * ENTRY
            part = tables[row + PART]
            begin = tables[row + AFTER] + 2 * tables[tables[row + START] + pairs[part]]
            end = tables[row + AFTER] + 2 * tables[tables[row + START] + pairs[part] + 1]
            taken += tables[tables[row + MANY] + pairs[part]]
            if part == 0:
                for step in range(begin, end, 2):
                    other = np.int64(tables[step])
                    ahead[going], ahead_place[going] = key + (other << of_whole), base + other
                    going += 1
                continue
            own, begins = numbers[part], parts[part, FIRST]
            origin, others = parts[part, POSITION] - begins, parts[part, END] - begins - 1
            if origin > 0 and numbers[order[begins + origin - 1]] == own:
                continue  # of two that look the same: it leads to the same orbits as the other
            # the place and word of the others, for each position among them at which the one that acts may come to be
            rest, rest_key = base, key
            for position in range(others + 1):
                each = order[begins + position]
                rest -= choice[parts[each, CHOICE] + numbers[each]]
                rest_key -= numbers[each] << parts[each, SHIFT]
            for position in range(others):
                number = numbers[order[begins + position + (position >= origin)]]
                beside[position] = number
                each = order[begins + position + 1]
                rest += choice[parts[each, CHOICE] + number]
                rest_key += number << parts[each, SHIFT]
            for position in range(others + 1):
                each = order[begins + position]
                places[position], words[position] = rest, rest_key
                columns[position], shifts[position] = parts[each, CHOICE], parts[each, SHIFT]
                if position < others:
                    number, following = beside[position], order[begins + position + 1]
                    rest += choice[parts[each, CHOICE] + number] - choice[parts[following, CHOICE] + number]
                    rest_key += (number << parts[each, SHIFT]) - (number << parts[following, SHIFT])
            for step in range(begin, end, 2):
                other, number = np.int64(tables[step]), np.int64(tables[step + 1])
                position = 0
                for each in range(others):  # no branch that nobody could foretell
                    position += beside[each] < number
                ahead[going] = words[position] + (number << shifts[position]) + (other << of_whole)
                ahead_place[going] = places[position] + choice[columns[position] + number] + other
                going += 1

        # broad actions, as far as their effects are in tables
        for action in range(len(broad)):
            if action < WORD_MASK and not may[whole] >> action & 1:
                continue
            if not true(tables, broad[action, FORMULA], pairs):
                continue
            left = broad[action, STOP] < 0
            for part in range(count):
                after[part] = numbers[part]
            for effect in range(broad[action, BEGIN], broad[action, STOP]):
                number = tables[effects[effect, TABLE] + pairs[effects[effect, BY]]]
                after[effects[effect, CHANGED]] = number
                left = left or number < 0
            if left:
                chosen[counters[CHOSEN], 0], chosen[counters[CHOSEN], 1] = state, action
                counters[CHOSEN] += 1
                continue
            taken += 1
            for each in range(len(classes)):
                ascend(after, order, classes[each, 0], classes[each, 1])
            ahead[going], ahead_place[going] = 0, 0
            for part in range(count):
                ahead[going] += after[part] << parts[part, SHIFT]
                ahead_place[going] += choice[parts[part, CHOICE] + after[part]]
            going += 1

        for each in range(going):
            ahead_word[each] = word_of(mask, ahead[each], ahead_place[each])
            soon(known, ahead_word[each])
        for each in range(going):
            new = visited(known, mask, ahead_word[each], ahead[each], ahead_place[each])
            if new != 0:
                note(new, ahead[each], parts, out, met, counters)
        counters[STEPS] += taken * (permutations // alike)
        counters[STOOD] += permutations // alike
        for number in range(len(watched)):
            if true(tables, watched[number], pairs):
                chosen[counters[CHOSEN], 0], chosen[counters[CHOSEN], 1] = state, len(broad) + number
                counters[CHOSEN] += 1
    return last
