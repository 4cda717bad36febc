"""Certificates for any number of devices that are no proofs, each made of a right one by one change, and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tdispmodel.certifying.plain import text_of
from tdispmodel.certifying.writing import Writer
from tdispmodel.checking.any_number import check_any_number
from tdispmodel.checking.asking import Plan
from tdispmodel.semantics.families import Kinds
from tdispmodel.verdict import Result
from tests.parametric.designs import HERE, design

Change = Callable[[Any, Any], None]
TRUE = ["value", "true"]
WORKS = ["=", ["get", "devices_0", "work"], ["value", "Work.WORKING"]]
ONE = [{"name": "devices_0", "collection": "devices"}]


def made_any(folder: Path, name: str, kinds: Kinds | None = None) -> tuple[Result, ...]:
    """Write the certificates of a model of tests/parametric."""
    model = design(HERE / "models" / f"{name}.py")
    plan = Plan(kinds=kinds or Kinds(), seconds=60.0, keep=Writer(folder))
    return check_any_number(model, model.properties, plan).results


@dataclass(frozen=True)
class Wrong:
    """A certificate with a change to the document and its model, and what the checker must say of it."""

    certificate: str
    said: str
    change: Change

    def written(self, right: Path, folder: Path) -> Path:
        """Write it into a folder of its own, with the model that it then speaks of."""
        document = json.loads((right / self.certificate).read_text(encoding="ascii"))
        model = json.loads((right / "models" / f"{document['model']}.json").read_text(encoding="ascii"))
        before = document["model"]
        self.change(document, model)
        content = text_of(model).encode("ascii")
        if document["model"] == before:
            document["model"] = hashlib.sha256(content).hexdigest()
        (folder / "models").mkdir(parents=True, exist_ok=True)
        (folder / "models" / f"{document['model']}.json").write_bytes(content)
        path = folder / "wrong.json"
        path.write_text(text_of(document), encoding="ascii")
        return path


WRONG: dict[str, Wrong] = {}
LOCK, HOUSE = (
    "mutex_lock/one_works@devices=any.json",
    "kinds/no_impostor_inside@devices.kind=GENUINE+BROKEN,devices=any.json",
)


def wrong(said: str, certificate: str = LOCK) -> Callable[[Change], Change]:
    """Enter a change; its docstring is its name."""

    def entered(change: Change) -> Change:
        WRONG[(change.__doc__ or "").rstrip(".")] = Wrong(certificate, said, change)
        return change

    return entered


def clauses(document: Any) -> Any:
    """Return the clauses: first that the lock is taken while one works, then that no two work."""
    found = document["evidence"][0]["proof"]["clauses"]
    assert [1, 2] == [len(one["bound"]) for one in found]
    return found


def action(model: Any, name: str) -> Any:
    """Return an action of the root."""
    return next(one for part in model["components"] for one in part["actions"] if one["name"] == name)


def variable(model: Any, name: str) -> Any:
    """Return a variable of the model."""
    return next(one for part in model["components"] for one in part["variables"] if one["name"] == name)


@wrong("take does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """That the lock is taken while one works is not said: then a second one may take it."""
    del clauses(document)[0]


@wrong("drop does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """That no two work is not said: then one drops the lock of the other."""
    del clauses(document)[1]


@wrong("take does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """The first clause says nothing any more."""
    clauses(document)[0]["body"] = ["or", clauses(document)[0]["body"], TRUE]


@wrong("drop does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """The second clause says nothing any more."""
    clauses(document)[1]["body"] = ["or", clauses(document)[1]["body"], TRUE]


@wrong("drop does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """The second clause binds three devices: with two it says nothing."""
    clauses(document)[1]["bound"].append({"name": "one_more", "collection": "devices"})


@wrong("does not keep the invariant")
def _(document: Any, _: Any) -> None:
    """A clause says that nobody works."""
    clauses(document).append({"bound": ONE, "body": ["not", WORKS]})


@wrong("false in a start state")
def _(document: Any, _: Any) -> None:
    """A clause says that the lock is taken."""
    clauses(document).append({"bound": [], "body": ["get", "self", "locked"]})


@wrong("a clause has a quantifier inside")
def _(document: Any, _: Any) -> None:
    """A clause has a quantifier: no argument covers it."""
    clauses(document).append({"bound": [], "body": ["all", "one", "devices", TRUE]})


@wrong("a clause binds a name twice")
def _(document: Any, _: Any) -> None:
    """A clause calls two devices by one name."""
    clauses(document)[0]["bound"] += ONE


@wrong("about no collection")
def _(document: Any, _: Any) -> None:
    """A clause is about things that there are not."""
    clauses(document).append({"bound": [{"name": "one", "collection": "things"}], "body": TRUE})


@wrong("no such thing")
def _(document: Any, _: Any) -> None:
    """An invariant is to show a property about what goes on for ever."""
    document["property"]["kind"] = "leads_to"


@wrong("exclude too little")
def _(document: Any, _: Any) -> None:
    """The property is the opposite."""
    document["property"]["formula"] = ["not", document["property"]["formula"]]


@wrong("exclude too little")
def _(document: Any, _: Any) -> None:
    """The property says that no one works, of each device."""
    document["property"] |= {
        "about": "Device",
        "formula": ["not", ["=", ["get", "now", "work"], ["value", "Work.WORKING"]]],
    }


@wrong("no such thing")
def _(document: Any, _: Any) -> None:
    """The verdict is the opposite."""
    document["verdict"] = "violated"


@wrong("invariant shows no such thing")
def _(document: Any, _: Any) -> None:
    """The evidence is called that of an instance, in a certificate of one."""
    document["evidence"][0]["kind"] = "invariant"
    document |= {"instances": 1, "constants": {}, "verdict": "violated"}


@wrong("quantified shows no such thing")
def _(document: Any, _: Any) -> None:
    """It is called a certificate of two devices."""
    document |= {"instances": 2, "constants": {}}


@wrong("no such thing")
def _(document: Any, _: Any) -> None:
    """It is about one instance of the property."""
    document["evidence"][0]["about"] = [[""]]


@wrong("take does not keep the invariant")
def _(_: Any, model: Any) -> None:
    """The lock can be taken while it is taken."""
    action(model, "take")["guards"] = action(model, "take")["guards"][:0]


@wrong("drop does not keep the invariant")
def _(_: Any, model: Any) -> None:
    """Who does not work can drop the lock."""
    action(model, "drop")["guards"] = []


@wrong("take does not keep the invariant")
def _(_: Any, model: Any) -> None:
    """Who takes the lock does not lock."""
    action(model, "take")["updates"] = [one for one in action(model, "take")["updates"] if one["variable"] == "work"]


@wrong("take may leave the range")
def _(_: Any, model: Any) -> None:
    """A device gets what it cannot have."""
    action(model, "take")["updates"][0]["value"] = ["value", "Work.NEVER"]


@wrong("false in a start state")
def _(_: Any, model: Any) -> None:
    """A device may begin by working."""
    variable(model, "work")["initial"].append("Work.WORKING")


@wrong("condition 2")
def _(_: Any, model: Any) -> None:
    """A guard counts, in a way that is true always."""
    action(model, "ask")["guards"].append(["<", ["value", 0], ["sum", "one", "devices", ["value", 1]]])


@wrong("condition 2")
def _(document: Any, _: Any) -> None:
    """The property counts, in a way that is true always."""
    document["property"]["formula"] = ["<", ["value", 0], ["sum", "one", "devices", ["value", 1]]]


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """A guard names a device by its number: then the devices are not alike."""
    action(model, "take")["guards"].append(["not", ["=", ["get", "self.devices[0]", "work"], ["value", "Work.IDLE"]]])


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """A step is said to be that of a device by its number."""
    action(model, "take")["guards"].append(["not", ["step", "Shop.ask", "self.devices[0]"]])


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """An action assigns a device by its number."""
    action(model, "ask")["updates"][0]["instance"] = "self.devices[0]"


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """A guard names a device by its number, as part of the name of a variable."""
    action(model, "take")["guards"].append(["not", ["=", ["get", "self", "devices[0].work"], ["value", "Work.IDLE"]]])


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """An action assigns a device by its number, as part of the name of a variable."""
    action(model, "ask")["updates"][0] |= {"instance": "self", "variable": "devices[0].work"}


@wrong("not allowed")
def _(_: Any, model: Any) -> None:
    """A loop assigns each device the state of one by its number."""
    value = ["get", "", "devices[0].work"]
    update = {"instance": "one", "variable": "work", "value": value, "each": ["one", "devices"]}
    action(model, "ask")["updates"] = [update]


@wrong("a loop assigns work of what is not its own")
def _(_: Any, model: Any) -> None:
    """A loop assigns one device again and again."""
    action(model, "ask")["updates"][0]["each"] = ["one", "devices"]


@wrong("strange name")
def _(_: Any, model: Any) -> None:
    """A variable of the root is called like one of the eighth device."""
    root = next(one for one in model["components"] if one["name"] == model["root"])
    root["variables"].append({"name": "devices[7].work", "values": [0], "initial": [0]})


@wrong("strange name")
def _(_: Any, model: Any) -> None:
    """A part is called like the eighth device."""
    idle = {"name": "Idle", "lineage": ["Idle"], "parts": [], "constants": [], "variables": [], "actions": []}
    model["components"].append(idle)
    root = next(one for one in model["components"] if one["name"] == model["root"])
    root["parts"].append({"name": "devices[7]", "kind": "Idle", "many": False})


@wrong("a collection inside")
def _(_: Any, model: Any) -> None:
    """Each device has any number of things."""
    idle = {"name": "Idle", "lineage": ["Idle"], "parts": [], "constants": [], "variables": [], "actions": []}
    model["components"].append(idle)
    device = next(one for one in model["components"] if one["name"] == "Device")
    device["parts"].append({"name": "things", "kind": "Idle", "many": True})


@wrong("twice")
def _(_: Any, model: Any) -> None:
    """A component is there twice, once without actions."""
    root = next(one for one in model["components"] if one["name"] == model["root"])
    model["components"].append({**root, "actions": []})


@wrong("not the constants")
def _(document: Any, _: Any) -> None:
    """The kinds of devices are not said."""
    document["constants"] = {}


@wrong("not kinds")
def _(document: Any, _: Any) -> None:
    """There is no kind of device."""
    document["constants"]["devices"] = []


@wrong("not kinds")
def _(document: Any, _: Any) -> None:
    """A kind has a constant that the model does not know."""
    document["constants"]["devices"][0]["speed"] = 3


@wrong("is not what was certified")
def _(document: Any, _: Any) -> None:
    """The model is not the one of the hash."""
    document["model"] = "0" * 64


@wrong("false in a start state", HOUSE)
def _(document: Any, _: Any) -> None:
    """There are impostors among the devices."""
    document["constants"]["devices"].append({"kind": "Kind.IMPOSTOR"})


@wrong("has no such value", HOUSE)
def _(document: Any, _: Any) -> None:
    """There are devices of a kind that there is not."""
    document["constants"]["devices"].append({"kind": "Kind.OTHER"})
