"""Which values the constants of a check have, and how many instances there are: the words of ``--set``, a topology.

Constants of the root are set by name, those of instances for one (``devices[1].kind=PLAIN``), for all
(``devices.kind=PLAIN``) or for each in turn (``devices.kind=TDISP,PLAIN``), which also says how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tdispmodel.checking.mistakes import (
    COMMAND_LINE,
    FIXED_CONSTANT,
    TOPOLOGY,
    UNKNOWN_CONSTANT,
    USAGE,
    mistake,
    shortened,
    unknown,
)
from tdispmodel.checking.settings import devices, value_of
from tdispmodel.checking.topology import Topology, typed
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Constant, Model
from tdispmodel.semantics.grounding import constants
from tdispmodel.source import Place, did_you_mean

INDEX = re.compile(r"\[(0|[1-9][0-9]{0,3})\]")
PADDED = re.compile(r"\[0+(?=[0-9])")
"""An index that is written with zeros before it, which no instance is called by."""
FIRST = re.compile(r"\[0\]")
SHORT_NAME, SHORT_FOR = "topology", "kind"
"""``topology=TDISP,PLAIN`` stands for ``devices.kind=TDISP,PLAIN`` where the root has no constant of that name."""

Values = Mapping[str, Value]


def chosen(
    model: Model, wanted: Mapping[str, str], number: int | None = None, topology: Topology | None = None
) -> tuple[int, dict[str, Value]]:
    """Return the number of instances and the values that differ from the defaults, by full names.

    ``wanted`` are words of ``--set`` by name, ``number`` what ``--devices`` says.  Raises `Rejected` for an unknown
    constant, instance or value, for one that the proposal fixes, and for what contradicts each other.
    """
    return _Choice(model).made(wanted, number, topology)


def by_name(model: Model) -> dict[str, Constant]:
    """Return the constants of a model as they are called without an index: ``kernel``, ``devices.kind``."""
    return {FIRST.sub("", name): constant for name, constant in constants(model, 1).items()}


def collections_listed(model: Model, wanted: Mapping[str, str], topology: Topology | None) -> dict[str, str]:
    """Return for each collection of a model who lists its instances one by one, empty where nobody does."""
    choice = _Choice(model)
    found = dict.fromkeys(sorted(choice.collections), "")
    for name, text in wanted.items():
        meant = choice.meant(name)
        if choice.is_of_each(meant) and "," in text:
            found[meant.partition(".")[0]] = f"--set {name}={shortened(text, 40)}"
    for part in topology.counts if topology else ():
        if part in found and topology is not None:
            found[part] = shortened(topology.path)
    return found


def can_be_set(model: Model, names: Iterable[str]) -> bool:
    """Whether a model has all the constants that the command line calls so, and fixes none of them."""
    choice = _Choice(model)
    found = [choice.known.get(choice.without_index(choice.meant(name))) for name in names]
    return all(constant is not None and not constant.fixed for constant in found)


@dataclass
class _Choice:
    """The values chosen so far, with who said them, and what was said about how many instances there are."""

    model: Model
    values: dict[str, tuple[Value, str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = by_name(self.model)
        self.collections = {part.name for part in self.model.component(self.model.root).parts if part.many}

    def made(
        self, wanted: Mapping[str, str], number: int | None, topology: Topology | None
    ) -> tuple[int, dict[str, Value]]:
        lists: dict[str, str] = {}
        typed_as: dict[str, str] = {}
        for name, text in wanted.items():
            first = typed_as.setdefault(self.meant(name), name)
            if lists.setdefault(self.meant(name), text) != text:
                told = f"--set {first}={shortened(lists[self.meant(name)], 40)} and --set {name}={shortened(text, 40)}"
                raise mistake(USAGE, f"{told} say different things of {self.meant(name)}", "leave out one of them")
        if number is not None:
            self.counts["--devices"] = number
        for name, text in lists.items():
            items = text.split(",")
            if len(items) > 1 and self.is_of_each(name):
                self.counts[f"--set {name}={shortened(text, 40)}"] = len(items)
        for part, rows in (topology.counts if topology else {}).items():
            self.count_in(part, rows, topology.path if topology else "")
        devices_wanted = self.number()
        for name, text in lists.items():
            self.set(name, text, devices_wanted)
        if topology is not None:
            self.take(topology)
        return devices_wanted, {name: value for name, (value, _) in self.values.items()}

    def meant(self, name: str) -> str:
        """Return what a name stands for: itself, but for the short name of the kinds of instances."""
        kinds = [known for known in self.known if known in {f"{part}.{SHORT_FOR}" for part in self.collections}]
        return kinds[0] if name == SHORT_NAME and name not in self.known and len(kinds) == 1 else name

    def is_of_each(self, name: str) -> bool:
        """Whether a name is that of a constant which each instance of a collection has for itself."""
        return name in self.known and name.partition(".")[0] in self.collections

    def count_in(self, part: str, rows: int, path: str) -> None:
        """Note how many instances a topology has.  Raises `Rejected` when the model has no such part."""
        if part not in self.collections:
            hint = did_you_mean(part, self.collections) or f"{self.model.name} has no part of which there are many"
            raise mistake(TOPOLOGY, f"there is no part {shortened(part)}", hint, Place(path))
        self.counts[f"{shortened(path)}, [[{part}]]"] = rows

    def number(self) -> int:
        """Return how many instances there are.  Raises `Rejected` for a number that cannot be, and for two numbers."""
        for said, count in self.counts.items():
            devices(count, said)
        if len(set(self.counts.values())) > 1:
            told = " but ".join(f"{said} is {count}" for said, count in self.counts.items())
            raise mistake(USAGE, f"different numbers of devices: {told}", "leave out one of them")
        return next(iter(self.counts.values()), 1)

    def set(self, name: str, text: str, number: int) -> None:
        """Set one constant as the command line says.  Raises `Rejected`."""
        constant = self.known.get(name)
        if constant is not None and self.is_of_each(name):
            part, _, rest = name.partition(".")
            items = text.split(",")
            for position in range(number):
                item = items[position] if len(items) > 1 else text
                self.put(f"{part}[{position}].{rest}", constant, value_of(constant, item.strip()), f"--set {name}")
            return
        if constant is None:
            constant = self.of_one(name, number)
        self.put(name, constant, value_of(constant, text), f"--set {name}")

    def without_index(self, name: str) -> str:
        """Return a name without the index of an instance, if it has one."""
        index = INDEX.search(name)
        has_one = index is not None and name[: index.start()] in self.collections
        return INDEX.sub("", name, count=1) if has_one else name

    def of_one(self, name: str, number: int) -> Constant:
        """Return the constant of one instance, ``devices[1].kind``.  Raises `Rejected` when there is none."""
        index, constant = INDEX.search(name), self.known.get(self.without_index(name))
        if index is None or constant is None:
            bare = PADDED.sub("[", name)
            if bare != name and self.known.get(self.without_index(bare)) is not None:
                raise mistake(UNKNOWN_CONSTANT, f"there is no constant {shortened(name)}", f"did you mean {bare}?")
            raise unknown(UNKNOWN_CONSTANT, "constant", name, self.known)
        if int(index[1]) >= number:
            there = "1 device" if number == 1 else f"{number} devices"
            hint = f"write --devices {int(index[1]) + 1}"
            raise mistake(UNKNOWN_CONSTANT, f"there is no {name[: index.end()]}: the check has {there}", hint)
        return constant

    def take(self, topology: Topology) -> None:
        """Set what a topology says.  Raises `Rejected`."""
        place = Place(topology.path)
        for name, value in topology.values.items():
            plain = self.without_index(name)
            constant = self.known.get(plain)
            if plain == name and self.is_of_each(name):
                part = name.partition(".")[0]
                raise mistake(TOPOLOGY, f"there are many {part}", f"write [[{part}]] for each of them", place)
            if constant is None:
                hint = did_you_mean(plain, [known for known in self.known if "." in known])
                raise mistake(TOPOLOGY, f"instances have no constant {shortened(plain)}", hint, place)
            self.put(name, constant, typed(constant, name, value, place), topology.path, place)

    def put(self, name: str, constant: Constant, value: Value, said: str, place: Place = COMMAND_LINE) -> None:
        """Note a value.  Raises `Rejected` when the constant is fixed, or has another value already."""
        if constant.fixed:
            message = f"{self.model.name} fixes the constant {constant.name} to {constant.value}: it cannot be set"
            raise mistake(FIXED_CONSTANT, message, f"leave out {shortened(said)}", place)
        before, by = self.values.setdefault(name, (value, said))
        if before != value:
            message = f"{name} is given twice, as {before} ({shortened(by)}) and as {value} ({shortened(said)})"
            raise mistake(USAGE, message, "leave out one of them", place)
