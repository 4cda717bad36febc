"""Certificates changed in one place: what the model says, what is claimed, or what is shown.

Given a folder of certificates and one of them, `corrupted` changes one thing, chosen by a random number generator, and
returns what it was.  Most changes are made good as far as hashes go, so that it is the change that has to be noticed.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

from tests.certifying.changed_proofs import PROOF
from tests.certifying.changing import Chance, Change, Document, dropped, flipped, literals, negated, other_value
from tests.certifying.reading_back import Reader


def corrupted(rng: Chance, folder: Path, path: Path) -> str:
    """Change one thing in a certificate or in what it refers to; return what, empty when it had nothing of the kind."""
    certificate = json.loads(path.read_bytes())
    rng.members = Reader.of(
        certificate, json.loads((folder / "models" / f"{certificate['model']}.json").read_bytes())
    ).enums
    what = rng.choice(["model", "model", "states", "claim", "scope", "proof", "proof", "proof", "hash"])
    match what:
        case "model":
            model = json.loads((folder / "models" / f"{certificate['model']}.json").read_bytes())
            name, change = rng.choice(MODEL)
            if not change(rng, model):
                return ""
            certificate["model"] = kept(folder, "models", model)
        case "states":
            evidence = rng.choice(certificate["evidence"])
            digest = evidence["proof"].get("states")
            if digest is None:
                return ""
            states = json.loads((folder / "states" / f"{digest}.json").read_bytes())
            name, change = rng.choice(STATES)
            if not change(rng, states):
                return ""
            evidence["proof"]["states"] = kept(folder, "states", states)
            for field in ("distances", "ranks", "helpful"):  # as long as the set, so that only the set is wrong
                values = evidence["proof"].get(field)
                if values is not None:
                    evidence["proof"][field] = (values + [0] * len(states["states"]))[: len(states["states"])]
        case "claim":
            name, change = rng.choice(CLAIM)
            if not change(rng, certificate):
                return ""
        case "scope":
            name, change = rng.choice(SCOPE)
            if not change(rng, certificate):
                return ""
        case "hash":
            name = "another hash"
            place = certificate if rng.random() < 0.5 else rng.choice(certificate["evidence"])["proof"]
            field = "model" if place is certificate else "states"
            if not place.get(field):
                return ""
            place[field] = f"{'0' if place[field][0] != '0' else '1'}{place[field][1:]}"
        case _:
            evidence = rng.choice(certificate["evidence"])
            fitting = [(called, one) for called, wanted, one in PROOF if wanted == evidence["kind"]]
            name, change = rng.choice(fitting)
            if not change(rng, evidence["proof"]):
                return ""
    path.write_text(json.dumps(certificate), encoding="ascii")
    return f"{what}: {name}"


def kept(folder: Path, kind: str, document: Document) -> str:
    """Write a document under its hash."""
    content = json.dumps(document).encode("ascii")
    digest = hashlib.sha256(content).hexdigest()
    (folder / kind / f"{digest}.json").write_bytes(content)
    return digest


# --- models ----------------------------------------------------------------------------------------------------------


def actions(model: Document) -> list[Document]:
    """Return all actions of a model."""
    return [action for component in model["components"] for action in component["actions"]]


def variables(model: Document) -> list[Document]:
    """Return all variables of a model."""
    return [variable for component in model["components"] for variable in component["variables"]]


def of_an_action(change: Change) -> Change:
    """Apply a change to some action."""

    def changed(rng: Chance, model: Document) -> bool:
        known = actions(model)
        return bool(known) and change(rng, rng.choice(known))

    return changed


def update_value(rng: Chance, action: Document) -> bool:
    """Assign a value to a variable, or to another one, or the opposite."""
    if not action["updates"]:
        return False
    update = rng.choice(action["updates"])
    words = literals(update["value"])
    if not words:
        return False
    rng.choice(words)[1:] = [other_value(rng, rng.choice(words)[1])]
    return True


def fairness(rng: Chance, action: Document) -> bool:
    """Promise something else; what is promised anything does not disturb."""
    action["fairness"] = rng.choice([one for one in ("none", "weak", "strong") if one != action["fairness"]])
    if action["fairness"] != "none":
        action["disturbs"] = False
    return True


def actor(rng: Chance, action: Document) -> bool:
    """Have somebody else take an action."""
    action["actor"] = rng.choice(["host", "kernel", "device"])
    return True


def initial(rng: Chance, model: Document) -> bool:
    """Change a start value, or add one."""
    known = [one for one in variables(model) if len(one["initial"]) < len(one["values"])]
    if not known:
        return False
    variable = rng.choice(known)
    left = [value for value in variable["values"] if value not in variable["initial"]]
    variable["initial"] = [rng.choice(left), *variable["initial"][rng.randrange(2) :]]
    return True


def fewer_values(rng: Chance, model: Document) -> bool:
    """Take a value from a variable, so that an action may leave its range."""
    known = [one for one in variables(model) if len(one["values"]) > 2 and type(one["values"][0]) is int]
    known = [one for one in known if one["values"][-1] not in one["initial"]]
    if not known:
        return False
    rng.choice(known)["values"].pop()
    return True


def dropped_action(rng: Chance, model: Document) -> bool:
    """Leave an action out."""
    holders = [component for component in model["components"] if component["actions"]]
    return bool(holders) and dropped("actions")(rng, rng.choice(holders))


def doubled_action(rng: Chance, model: Document) -> bool:
    """Add an action: another one without its guards."""
    holders = [component for component in model["components"] if component["actions"]]
    if not holders:
        return False
    holder = rng.choice(holders)
    action = copy.deepcopy(rng.choice(holder["actions"]))
    holder["actions"].append(action | {"name": f"{action['name']}_too", "guards": []})
    return True


MODEL: list[tuple[str, Change]] = [
    ("a guard less", of_an_action(dropped("guards"))),
    ("a guard negated", of_an_action(negated("guards"))),
    ("an update less", of_an_action(dropped("updates"))),
    ("another value assigned", of_an_action(update_value)),
    ("fairness", of_an_action(fairness)),
    ("whether it disturbs", of_an_action(flipped("disturbs"))),
    ("whether it is adversarial", of_an_action(flipped("adversarial"))),
    ("another actor", of_an_action(actor)),
    ("another start value", initial),
    ("a start condition less", dropped("initially")),
    ("a value less", fewer_values),
    ("an action less", dropped_action),
    ("an action more", doubled_action),
]


# --- sets of states ----------------------------------------------------------------------------------------------------


def numbers(states: Document) -> list[int]:
    """Return the numbers of a set."""
    found: list[int] = []
    for more in states["states"]:
        found.append(more + (found[-1] if found else 0))
    return found


def put(states: Document, found: list[int]) -> bool:
    """Make a set of numbers the document's."""
    ordered = sorted(set(found))
    states["states"] = [one - before for before, one in zip([0, *ordered], ordered, strict=False)]
    return bool(ordered)


def state_less(rng: Chance, states: Document) -> bool:
    """Leave a state out."""
    found = numbers(states)
    found.pop(rng.randrange(len(found)))
    return put(states, found)


def state_more(rng: Chance, states: Document) -> bool:
    """Add a state, or a number that is none."""
    found = numbers(states)
    return put(states, [*found, rng.choice([rng.randrange(found[-1] + 2), found[-1] + 1, 1 << 40])])


def not_sorted(rng: Chance, states: Document) -> bool:
    """Put the states out of order."""
    if len(states["states"]) < 2:
        return False
    states["states"][rng.randrange(1, len(states["states"]))] = rng.choice([0, -1])
    return True


STATES: list[tuple[str, Change]] = [
    ("a state less", state_less),
    ("a state less", state_less),
    ("a state more", state_more),
    ("out of order", not_sorted),
    ("another schema", lambda _, states: bool(states.update(schema="tdispmodel/states/2")) or True),
]


# --- claims and scopes -----------------------------------------------------------------------------------------------


def formula(_: Chance, certificate: Document) -> bool:
    """Negate the formula."""
    certificate["property"]["formula"] = ["not", certificate["property"]["formula"]]
    return True


def premise(rng: Chance, certificate: Document) -> bool:
    """Ask without the premise, or with another one."""
    asked = certificate["property"]
    asked["after"] = rng.choice([["value", "true"], ["not", asked["after"]]])
    return True


def verdict(_: Chance, certificate: Document) -> bool:
    """Claim the opposite."""
    certificate["verdict"] = "violated" if certificate["verdict"] == "holds" else "holds"
    return True


def kind(rng: Chance, certificate: Document) -> bool:
    """Claim it of another kind of property."""
    kinds = ["invariant", "step", "leads_to", "never_endless", "stays_possible", "must_be_possible"]
    certificate["property"]["kind"] = rng.choice([one for one in kinds if one != certificate["property"]["kind"]])
    return True


def about(rng: Chance, certificate: Document) -> bool:
    """Show it of fewer instances, or of one that is not asked about."""
    shown = rng.choice(certificate["evidence"])["about"]
    if rng.random() < 0.5:
        shown.pop(rng.randrange(len(shown)))
    else:
        shown.append([*rng.choice(shown)[1:], "nobody[0]"])
    return True


def evidence_less(rng: Chance, certificate: Document) -> bool:
    """Leave some evidence out."""
    return dropped("evidence")(rng, certificate)


def other_evidence(rng: Chance, certificate: Document) -> bool:
    """Call evidence something else."""
    kinds = ["states", "invariant", "distances", "ranking", "behaviour", "k-induction", "__init__", "closed"]
    rng.choice(certificate["evidence"])["kind"] = rng.choice(kinds)
    return True


CLAIM: list[tuple[str, Change]] = [
    ("the formula negated", formula),
    ("another premise", premise),
    ("the opposite", verdict),
    ("another kind", kind),
    ("steps or states", lambda rng, certificate: flipped("steps")(rng, certificate["property"])),
    ("other instances", about),
    ("less evidence", evidence_less),
    ("other evidence", other_evidence),
]


def constant(rng: Chance, certificate: Document) -> bool:
    """Change a constant, leave it out, or invent one."""
    known = sorted(certificate["constants"])
    if not known or rng.random() < 0.2:
        certificate["constants"]["invented"] = 1
        return True
    name = rng.choice(known)
    if rng.random() < 0.3:
        del certificate["constants"][name]
    else:
        certificate["constants"][name] = other_value(rng, certificate["constants"][name])
    return True


def switched(rng: Chance, certificate: Document) -> bool:
    """Switch an action off that takes part in the proof, or any other."""
    steps = [step for evidence in certificate["evidence"] for step in evidence["proof"].get("steps", [])]
    steps += [step for evidence in certificate["evidence"] for step in evidence["proof"].get("actions", [])]
    name = rng.choice(steps)[0].split(".")[1] if steps else f"do_plan_{rng.randrange(3)}"
    certificate["without"] = [f"{who}.{name}" for who in ("host", "kernel", "userspace", "device", "environment")]
    return True


def instances(rng: Chance, certificate: Document) -> bool:
    """Claim it of another number of instances."""
    certificate["instances"] = rng.choice([0, 1, 2, 3, "any"])
    return True


SCOPE: list[tuple[str, Change]] = [("a constant", constant), ("without", switched), ("instances", instances)]
