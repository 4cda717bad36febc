"""One proposal read: its model, the model it changes, and the properties that are asked of it.

A file of the catalogue's properties is asked of every model that has a component which one of them is about; a model's
own properties always.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tdispmodel.checking.catalogue import PACKAGE, Catalogue
from tdispmodel.ir.model import Model, Property
from tdispmodel.reading import read
from tdispmodel.verdict import Skipped


@dataclass(frozen=True)
class Loaded:
    """A proposal as it was read.

    ``base`` is the model that it changes (itself when it changes none), ``properties`` what is asked of it in the order
    of the codes, ``skipped`` what cannot be asked of it and why.
    """

    model: Model
    base: Model
    properties: tuple[Property, ...]
    skipped: tuple[Skipped, ...] = ()


BASE = PACKAGE / "models" / "base.py"
"""The model that proposals change."""


def load_base(catalogue: Catalogue) -> Loaded:
    """Return the base model itself with the catalogue's properties.  Raises `Rejected`."""
    return load(catalogue, BASE)


def load(catalogue: Catalogue, path: Path, *, with_properties: bool = True) -> Loaded:
    """Return the proposal in the file ``path``, its own properties only without ``with_properties``.

    Raises `Rejected` when the proposal, or a property, cannot be read.
    """
    reading = read(path, (catalogue.root,))
    model = reading.model
    properties, left = model.properties, reading.skipped
    if with_properties:
        found = reading.properties_from(path for path in catalogue.property_files if reading.concerns(path))
        properties, left = (*found.properties, *properties), (*found.skipped, *left)
    skipped = tuple(Skipped(model.name, known.name, known.code, known.reason) for known in left)
    return Loaded(model, reading.base() or model, tuple(sorted(properties, key=lambda known: known.code)), skipped)
