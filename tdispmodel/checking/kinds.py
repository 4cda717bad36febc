"""Which kinds of devices a check about any number of them is about: the words of ``--set``, a topology.

A list (``devices.kind=TDISP,PLAIN``) or a topology's tables, which say one device after the other when their number is
certain, list kinds here: there are any number of devices, each of one of these.
"""

from __future__ import annotations

from collections.abc import Mapping

from tdispmodel.checking.constants import INDEX, by_name, chosen, collections_listed
from tdispmodel.checking.mistakes import USAGE, mistake, shortened
from tdispmodel.checking.topology import Topology
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model
from tdispmodel.semantics.families import Kinds

ANY_NUMBER = "--any-number"


def kinds(model: Model, wanted: Mapping[str, str], topology: Topology | None, without: tuple[str, ...]) -> Kinds:
    """Return the constants of a check about any number of devices.

    ``wanted`` are words of ``--set`` by name.  Raises `Rejected` for what a check with a certain number would refuse,
    for a device that is named by its number, and for a kind that is listed twice, which says how many there are.
    """
    for name in wanted:
        if INDEX.search(name):
            hint = "list kinds: --set devices.kind=TDISP,PLAIN"
            raise mistake(USAGE, f"--set {shortened(name)} is about one device of a certain number of them", hint)
    number, values = chosen(model, wanted, None, topology)
    found: dict[str, tuple[dict[str, Value], ...]] = {}
    for collection, listed in collections_listed(model, wanted, topology).items():
        rows = [_row(model, collection, values, position) for position in range(number)]
        different = [row for position, row in enumerate(rows) if row not in rows[:position]]
        if listed and len(different) < len(rows):
            message = f"{ANY_NUMBER} and {listed}: the same kind twice says how many {collection} there are"
            raise mistake(USAGE, message, f"list each kind once, or leave out {ANY_NUMBER}")
        found[collection] = tuple(different)
    whole = {name: value for name, value in values.items() if not INDEX.search(name)}
    return Kinds(whole, found, without)


def _row(model: Model, collection: str, values: Mapping[str, Value], position: int) -> dict[str, Value]:
    """Return all constants of an instance by their names inside it."""
    prefix = f"{collection}."
    inner = {name.removeprefix(prefix): known for name, known in by_name(model).items() if name.startswith(prefix)}
    return {name: values.get(f"{collection}[{position}].{name}", known.value) for name, known in inner.items()}
