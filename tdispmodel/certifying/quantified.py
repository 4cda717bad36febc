"""What holds for any number of devices as a certificate: its document, its script and its name.

Given a family of instances, one of its original model's properties and the clauses that show that it holds, gives the
fields in which such a certificate is not like that of a number of devices.  The model is the original one, not that of
the family: which constants the devices may have is said by ``constants``, in which a collection has a list of kinds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tdispmodel.certifying.plain import Plain, plain, plain_property, plain_value, text_of
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Constant, Property
from tdispmodel.reports.options import value_text
from tdispmodel.semantics.families import Family
from tdispmodel.semantics.grounding import constants
from tdispmodel.verdict import QuantifiedInvariant, Verdict

ANY = "any"
"""What stands for the number of instances."""

LONGEST_NAME = 200


def document(family: Family, wanted: Property, verdict: Verdict, certificate: QuantifiedInvariant) -> dict[str, Plain]:
    """Return the certificate of a property that holds for any number of devices, without what every certificate has."""
    return {
        "property": plain_property(wanted),
        "verdict": verdict.answer.value,
        "instances": ANY,
        "constants": _constants(family),
        "without": list(family.chosen.without),
        "engine": verdict.engine,
        "evidence": [{"about": [], "kind": "quantified", "proof": {"clauses": _clauses(certificate)}}],
    }


def file_name(family: Family, wanted: Property) -> str:
    """Return the name of the certificate: ``no_stale_bind@kernel=BEFORE_6_19,devices.kind=TDISP+PLAIN,devices=any``."""
    given = dict(wanted.given)
    parts = [
        f"{name}={'+'.join(value_text(value) for value in values)}"
        for name, known, values in sorted(_values(family), key=lambda row: row[0])
        if values != (known.value,) and name not in given
    ]
    parts += [f"without={name}" for name in family.chosen.without]
    suffix = ",".join([*parts, f"devices={ANY}"])
    varying = sum(len(values) > 1 for _, _, values in _values(family))  # of several, the mixtures do not show
    if len(suffix) > LONGEST_NAME or varying > 1:
        digest = hashlib.sha256(f"{suffix} {text_of(_constants(family))}".encode()).hexdigest()[:16]
        suffix = f"{digest},devices={ANY}"
    return f"{wanted.name}@{suffix}"


def _clauses(certificate: QuantifiedInvariant) -> list[Plain]:
    return [
        {
            "bound": [{"name": name, "collection": collection} for name, collection in clause.bound],
            "body": plain(clause.body),
        }
        for clause in certificate.clauses
    ]


def _constants(family: Family) -> dict[str, Plain]:
    """The values of constants of the whole by their full names, and for each collection the kinds of its instances."""
    found: dict[str, Plain] = {}
    for part in family.original.component(family.original.root).parts:
        if part.many:
            rows = family.chosen.kinds.get(part.name) or ({},)
            known = dict(_inside(family, part.name))
            kinds = [
                {name: plain_value(row.get(name, one.value), one.sort) for name, one in known.items()} for row in rows
            ]
            found[part.name] = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
    for name, known_one in _whole(family):
        found[name] = plain_value(_chosen(family, name, known_one), known_one.sort)
    return found


def _values(family: Family) -> Iterator[tuple[str, Constant, tuple[Value, ...]]]:
    """Yield each constant by its name, with the values that it has over all instances."""
    for name, known in _whole(family):
        yield name, known, (_chosen(family, name, known),)
    for part in family.original.component(family.original.root).parts:
        if part.many:
            rows = family.chosen.kinds.get(part.name) or ({},)
            for name, known in _inside(family, part.name):
                values = tuple(dict.fromkeys(row.get(name, known.value) for row in rows))
                yield f"{part.name}.{name}", known, values


def _whole(family: Family) -> Iterator[tuple[str, Constant]]:
    """Yield the constants of the root and of its single parts by their full names."""
    yield from ((name, known) for name, known in constants(family.original, 1).items() if "[" not in name)


def _inside(family: Family, collection: str) -> Iterator[tuple[str, Constant]]:
    """Yield the constants of an instance of a collection by their names inside it."""
    prefix = f"{collection}[0]."
    for name, known in constants(family.original, 1).items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), known


def _chosen(family: Family, name: str, known: Constant) -> Value:
    return family.chosen.constants.get(name, known.value)
