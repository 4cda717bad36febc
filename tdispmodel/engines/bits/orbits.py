"""Instances that can be exchanged: lemmas that are as true of one device as of another.

Given a lowered system and the moves that count; tells by the names of variables (``devices[0].tdi``) which instances
could be exchanged, and believes it only if exchanging their variables maps the start condition to itself and the moves,
guard by guard and effect by effect, onto themselves.  What can be reached from a state has then its image reached from
the state's image, so a lemma may be learnt together with all its images, as long as that is done with every lemma.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import factorial, perm, prod

from tdispmodel.compiling.conditions import Atom, Condition, TooLarge
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits.numbering import Bits, Numbering

INSTANCE = re.compile(r"\b(\w+)\[(\d+)\]")
MOST_IMAGES = 20_000
"""A lemma with more images is learnt alone, and from then on every lemma is.  What holds up a search over many devices
are lemmas that count ("no five of sixteen devices have arrived yet"): learnt one by one they would be no fewer."""

Instance = tuple[int, ...]
"""The variables of one instance; those in the same place belong together."""
MoveKey = tuple[Condition, frozenset[tuple[int, int, Condition]]]


class Symmetry:
    """The instances of a system that can be exchanged, and the images of lemmas.

    ``classes`` are groups of instances any two of which can be exchanged; ``broken`` says that a lemma with too many
    images was met, and lemmas are their only images since.
    """

    def __init__(self, lowered: Lowered, classes: Sequence[Sequence[Instance]]) -> None:
        self.classes = [list(instances) for instances in classes if len(instances) > 1]
        self.broken = False
        shared = {variable for instances in self.classes for instance in instances for variable in instance}
        sizes = lowered.conditions.sizes
        order = [variable for variable in range(len(sizes)) if variable not in shared]
        order += [variable for instances in self.classes for instance in instances for variable in instance]
        self.numbering = Numbering(sizes, order)
        self._places = [[self.numbering.base[instance[0]] for instance in instances] for instances in self.classes]
        self._masks = [(1 << sum(sizes[variable] for variable in instances[0])) - 1 for instances in self.classes]

    def images(self, bits: Bits) -> tuple[Bits, ...]:
        """Return the lemma and its images, each once, the lemma itself first."""
        if self.broken:
            return (bits,)
        found = [bits]
        for places, mask in zip(self._places, self._masks, strict=True):
            parts = Counter(part for place in places if (part := bits >> place & mask))
            count = perm(len(places), parts.total()) // prod(map(factorial, parts.values()))
            if len(found) * count > MOST_IMAGES:
                self.broken = True
                return (bits,)
            rest = ~sum(mask << place for place in places)
            ways = list(_placed(list(parts.items()), places))
            found = [one & rest | way for one in found for way in ways]
        return tuple(dict.fromkeys([bits, *found]))


def _placed(parts: Sequence[tuple[Bits, int]], places: Sequence[int]) -> Iterator[Bits]:
    """Yield all ways of putting parts, each so many times, to different places."""
    if not parts:
        yield 0
        return
    (part, times), *others = parts
    for chosen in combinations(places, times):
        here = sum(part << place for place in chosen)
        for rest in _placed(others, [place for place in places if place not in chosen]):
            yield here | rest


def symmetry(lowered: Lowered, moves: Sequence[Move]) -> Symmetry:
    """Return what can be exchanged in a system where only these moves are taken."""
    classes: list[list[Instance]] = []
    for instances in _instances(lowered):
        check = _Exchange(lowered, moves)
        apart: list[list[Instance]] = []
        for instance in instances:
            alike = next((known for known in apart if check.allowed(known[0], instance)), None)
            if alike is None:
                apart.append([instance])
            else:
                alike.append(instance)
        classes += apart
    return Symmetry(lowered, classes)


def _instances(lowered: Lowered) -> list[list[Instance]]:
    """The variables of each instance by its collection; a collection is left out when a variable belongs to several."""
    named: dict[str, dict[str, dict[str, int]]] = {}
    mixed: set[str] = set()
    for position, variable in enumerate(lowered.system.variables):
        mentioned = set(INSTANCE.findall(variable.name))
        for collection, number in mentioned:
            if len(mentioned) > 1:
                mixed.add(collection)
            role = INSTANCE.sub(r"\1", variable.name)
            named.setdefault(collection, {}).setdefault(number, {})[role] = position
    return [
        [tuple(roles[role] for role in sorted(roles)) for roles in numbers.values()]
        for collection, numbers in named.items()
        if collection not in mixed and len({tuple(sorted(roles)) for roles in numbers.values()}) == 1
    ]


class _Exchange:
    """Tells whether exchanging two instances changes nothing."""

    def __init__(self, lowered: Lowered, moves: Sequence[Move]) -> None:
        self.lowered = lowered
        self._mentioned: dict[Condition, frozenset[int]] = {}
        self.moves = [(self.key(move), self.variables(move)) for move in moves]

    def allowed(self, one: Instance, other: Instance) -> bool:
        """Return whether the two instances can be exchanged."""
        sorts = [variable.sort for variable in self.lowered.system.variables]
        if any(sorts[first] != sorts[second] for first, second in zip(one, other, strict=True)):
            return False
        place = list(range(len(sorts)))
        for first, second in zip(one, other, strict=True):
            place[first], place[second] = second, first
        of, done = self.lowered.conditions, dict[Condition, Condition]()
        exchanged = {*one, *other}
        affected = {key for key, variables in self.moves if variables & exchanged}
        try:
            if of.moved(self.lowered.start, place, done) is not self.lowered.start:
                return False
            return affected == {
                (
                    of.moved(guard, place, done),
                    frozenset((place[variable], code, of.moved(when, place, done)) for variable, code, when in effects),
                )
                for guard, effects in affected
            }
        except TooLarge:
            return False

    @staticmethod
    def key(move: Move) -> MoveKey:
        """Return what a move does, whatever it is called."""
        effects = ((variable, code, when) for variable, effect in move.effects.items() for code, when in effect.items())
        return move.guard, frozenset(effects)

    def variables(self, move: Move) -> frozenset[int]:
        """Return the variables that a move reads or assigns."""
        found = self.mentioned(move.guard) | move.effects.keys()
        return found.union(*(self.mentioned(when) for effect in move.effects.values() for when in effect.values()))

    def mentioned(self, condition: Condition) -> frozenset[int]:
        """Return the variables that a condition is about."""
        known = self._mentioned.get(condition)
        if known is None:
            if isinstance(condition, Atom):
                known = frozenset({condition.variable})
            else:
                known = frozenset[int]().union(*map(self.mentioned, condition.parts))
            self._mentioned[condition] = known
        return known
