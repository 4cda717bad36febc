"""Views abstraction: what a few devices and the rest of the system can look like among any number of devices.

Given a family and a number k; gives for each number of devices up to k the *views*: what is left of the reachable
states of systems with so many or more devices when all but so many are left out, and perhaps more.  P. A. Abdulla,
F. Haziza and L. Holik, "All for the price of few (parameterized verification through view abstraction)", VMCAI 2013.
A step of a larger system is looked at among the states all of whose views are known, of instances up to the size at
which nothing new can happen (`bounds`).  The views are decision diagrams; they are the smallest ones that steps lead
into themselves, so what they do not exclude no invariant about k devices at a time excludes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import combinations, product

from oxidd.bdd import BDDFunction, BDDSubstitution

from tdispmodel.engines.diagrams.encoding import Encoding, Set, number_now
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.moves import Move
from tdispmodel.parametric.bounds import Bounds, affordable
from tdispmodel.parametric.clauses import Element, element_of
from tdispmodel.parametric.witnesses import NotCovered
from tdispmodel.semantics.families import Family

LARGEST = 6
"""Larger instances are not looked at."""

Choice = dict[Element, Element]
"""Which device of an instance each device of a view is."""


class Views:
    """The views of up to ``width`` devices: for each number a set of states of the family's system with so many.

    Raises `NotCovered` where the instances would be too large, `LimitReached` and `MemoryError`.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # as much as there is to say
        self, family: Family, collections: tuple[str, ...], bounds: Bounds, width: int, capacity: int, watch: Watch
    ) -> None:
        self.family = family
        self.bounds = bounds
        self.width = width
        self.capacity = capacity
        self.watch = watch
        self.collections = collections
        self._sizes: dict[int, Size] = {}
        named = dict.fromkeys(self.collections, width)
        self._largest = max([self.bounds.start(named), *(bounds.step(action, named) for action in bounds.actions)])
        if self._largest > LARGEST:
            message = f"an instance of {self._largest} devices would have to be looked at"
            raise NotCovered(message)
        affordable(family, self._largest)
        self.known = {number: self.size(number).encoding.none for number in range(1, width + 1)}
        self._begin()
        self._close()

    def size(self, devices: int) -> Size:
        """Return the instance with so many devices."""
        if devices not in self._sizes:
            self._sizes[devices] = Size(self.family, devices, self.capacity)
        return self._sizes[devices]

    def _named(self, number: int) -> dict[str, int]:
        return dict.fromkeys(self.collections, number)

    def _begin(self) -> None:
        """Take the views of start states."""
        for devices in range(1, self._largest + 1):
            here = self.size(devices)
            for number in range(1, min(self.width, devices) + 1):
                if devices <= self.bounds.start(self._named(number)):
                    self._add(number, here, here.start)

    def _close(self) -> None:
        """Add the views of what steps lead to until nothing is new."""
        while any([self._stepped(devices) for devices in range(1, self._largest + 1)]):  # noqa: C419  # all of them
            pass

    def _stepped(self, devices: int) -> bool:
        """Add the views of what steps lead to in the instance with so many devices; whether anything was new."""
        here, new = self.size(devices), False
        while True:
            states, grown = self.among(devices), False
            for move in here.moves:
                self.watch.look(states)
                after: Set | None = None
                for number in range(1, min(self.width, devices) + 1):
                    if devices <= self.bounds.step(move.action.template, self._named(number)):
                        after = move.after(states) if after is None else after
                        grown = self._add(number, here, after) or grown
            if not grown:
                return new
            new = True

    def _add(self, number: int, here: Size, states: Set) -> bool:
        """Add the views of so many devices of some states; whether there are new ones.

        Left out are all devices but the first: what there is of the others is there of these by another move.
        """
        home = self.size(number)
        left = states if here.devices == number else states.exists(here.others(number))
        views = left if here is home else moved(left, here, home)
        if not (views & ~self.known[number]).satisfiable():
            return False
        self.known[number] |= views
        return True

    def among(self, devices: int) -> Set:
        """Return the states of the instance with so many devices all of whose views are known."""
        number = min(self.width, devices)
        here, home = self.size(devices), self.size(number)
        views = self.known[number] if here is home else moved(self.known[number], home, here)
        found = here.whole
        for choice in choices(self.collections, number, devices):
            found &= here.renamed(views, choice)
        return found


class Size:
    """The family's system with so many devices, as diagrams."""

    def __init__(self, family: Family, devices: int, capacity: int) -> None:
        self.devices = devices
        self.system = family.system(devices)
        self.encoding = Encoding(self.system, capacity)
        self.formulas = Formulas(self.encoding)
        self.moves = [Move(action, self.encoding, self.formulas) for action in self.system.actions]

    @cached_property
    def whole(self) -> Set:
        """All states: every variable has a value."""
        found = self.encoding.all
        for name in self.encoding.order:
            found &= self.encoding.has_some_value(name)
        return found

    @cached_property
    def start(self) -> Set:
        """The start states."""
        found = self.formulas.truth(self.system.initially)
        for variable in self.system.variables:
            found &= self.encoding.has_value(variable.name, variable.initial)
        return found

    def others(self, number: int) -> Set:
        """Return the bits of all devices but the first ``number``, as they are given to a quantifier."""
        bits = [
            bit
            for name in self.encoding.order
            if (element := element_of(name)) is not None and element[1] >= number
            for bit in self.encoding.places[name]
        ]
        return self.encoding.variables(bits)

    def renamed(self, states: Set, choice: Choice) -> Set:
        """Return the states with the devices of a view taken for those chosen."""
        if all(one == other for one, other in choice.items()):
            return states
        return states.substitute(self._substitution(choice))

    def _substitution(self, choice: Choice) -> BDDSubstitution:
        pairs = []
        for name in self.encoding.order:
            other = placed(name, choice)
            if other != name:
                pairs += [
                    (number_now(bit), self.encoding.now[to])
                    for bit, to in zip(self.encoding.places[name], self.encoding.places[other], strict=True)
                ]
        return BDDFunction.make_substitution(pairs)


def choices(collections: tuple[str, ...], number: int, devices: int) -> Iterator[Choice]:
    """Yield every way to choose ``number`` devices of each collection among so many, in their order."""
    for picked in product(*([list(combinations(range(devices), number))] * len(collections))):
        yield {
            (collection, position): (collection, device)
            for collection, chosen in zip(collections, picked, strict=True)
            for position, device in enumerate(chosen)
        }


def placed(name: str, choice: Choice) -> str:
    """Return the full name of a variable of a view, of the device that was chosen."""
    element = element_of(name)
    if element is None or element not in choice:
        return name
    collection, number = choice[element]
    return f"{collection}[{number}]{name.partition(']')[2]}"


def moved(states: Set, source: Size, target: Size, rename: Callable[[str], str] = str) -> Set:
    """Return a set of states of one instance as one of another, which has the variables that it depends on."""
    bits: dict[int, Set] = {}
    for name, places in source.encoding.places.items():
        there = target.encoding.places.get(rename(name))
        if there is not None:
            bits |= {number_now(bit): target.encoding.now[to] for bit, to in zip(places, there, strict=True)}
    done: dict[Set, Set] = {}

    def again(node: Set) -> Set:
        known = done.get(node)
        if known is None:
            below = node.cofactors()
            if below is None:
                known = target.encoding.all if node.satisfiable() else target.encoding.none
            else:
                known = bits[node.node_var() or 0].ite(again(below[0]), again(below[1]))
            done[node] = known
        return known

    return again(states)
