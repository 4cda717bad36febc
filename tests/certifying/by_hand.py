"""Certificates written by hand, about counters that are small enough to see what is true; nothing of tdispmodel made them.

`written` is given a folder, a model and what differs from a plain certificate, and gives the certificate's path.
The counter ``n`` begins at 0 and has the values 0, 1 and 2: ``up`` (kernel, weakly fair) adds one below 2, ``down``
(host) takes one off above 0.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

N = ["get", "", "n"]
BELOW = ["<", N, ["value", 2]]
TRUE = ["value", "true"]


def is_(value: int) -> Any:
    """Return that the counter has a value."""
    return ["=", N, ["value", value]]


def action(name: str, guard: Any, value: Any, actor: str = "kernel", fairness: str = "none") -> Any:
    """Return an action that gives the counter a value."""
    return {
        "name": name,
        "owner": "Counter",
        "parameters": [],
        "guards": [guard],
        "updates": [{"instance": "", "variable": "n", "value": value, "each": None}],
        "actor": actor,
        "fairness": fairness,
        "disturbs": actor == "host" and fairness == "none",
        "adversarial": actor == "host" and fairness == "none",
    }


UP = action("up", BELOW, ["+", N, ["value", 1]], fairness="weak")
DOWN = action("down", ["<", ["value", 0], N], ["-", N, ["value", 1]], actor="host")
RETURN = action("return", is_(1), ["value", 0])
FINISH = action("finish", is_(1), ["value", 2], fairness="strong")


def counter(*actions: Any) -> Any:
    """Return the model of a counter."""
    variable = {"name": "n", "values": [0, 1, 2], "initial": [0]}
    root = {"name": "Counter", "lineage": ["Counter"], "parts": [], "constants": [], "variables": [variable]}
    return {
        "schema": "tdispmodel/model/1",
        "name": "counter",
        "root": "Counter",
        "components": [root | {"actions": list(actions or (UP, DOWN))}],
        "initially": [],
    }


def asked(kind: str, formula: Any, after: Any = TRUE, *, steps: bool = False) -> Any:
    """Return a property of the counter."""
    named = {"name": "wanted", "code": "", "kind": kind, "about": "Counter", "parameters": []}
    return named | {"steps": steps, "formula": formula, "after": after}


def kept(folder: Path, kind: str, document: Any) -> str:
    """Write a document under its hash."""
    content = json.dumps(document).encode("ascii")
    digest = hashlib.sha256(content).hexdigest()
    (folder / kind).mkdir(parents=True, exist_ok=True)
    (folder / kind / f"{digest}.json").write_bytes(content)
    return digest


def states(folder: Path, *numbers: int) -> str:
    """Write a set of values of the counter."""
    differences = [*numbers[:1], *(after - before for before, after in pairwise(numbers))]
    return kept(folder, "states", {"schema": "tdispmodel/states/1", "states": differences})


def written(  # noqa: PLR0917  # what a certificate is made of
    folder: Path, model: Any, wanted: Any, verdict: str, kind: str, proof: dict[str, Any], /, **changes: Any
) -> Path:
    """Write a certificate; ``changes`` replace its fields."""
    certificate = {
        "schema": "tdispmodel/certificate/1",
        "proposal": "counter",
        "property": wanted,
        "verdict": verdict,
        "model": kept(folder, "models", model),
        "instances": 1,
        "constants": {},
        "without": [],
        "engine": "by hand",
        "version": "0",
        "evidence": [{"about": [[""]], "kind": kind, "proof": proof}],
    }
    path = folder / "counter" / "wanted.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(certificate | changes), encoding="ascii")
    return path


def behaviour(*steps: str, loop: int | None = None, states: str | None = None, start: int = 0) -> dict[str, Any]:
    """Return a behaviour of the counter."""
    return {"initial": {"n": start}, "steps": [[f"Counter.{one}"] for one in steps], "loop": loop, "states": states}


def ranking(states: str, ranks: list[Any], helpful: list[Any], *actions: str) -> dict[str, Any]:
    """Return a ranking of the counter's values."""
    return {
        "states": states,
        "actions": [[f"Counter.{one}"] for one in actions],
        "ranks": ranks,
        "helpful": helpful,
    }
