"""Wrong certificates written by hand, and right ones like them, to be told apart by the stand-alone checker.

`right` and `wrong` are given a folder and write each into a folder of its own there; of a wrong one it is said what the
checker must answer, and of both what was done, by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.certifying.by_hand import (
    DOWN,
    FINISH,
    RETURN,
    TRUE,
    UP,
    N,
    action,
    asked,
    behaviour,
    counter,
    is_,
    ranking,
    states,
    written,
)


@dataclass(frozen=True)
class Example:
    """A certificate: what it is, where, and words of the complaint (empty: it is right)."""

    name: str
    folder: Path
    path: Path
    complaint: str = ""


Make = Callable[[Path], Path]

REACHES = asked("leads_to", is_(2))
NEVER = asked("never_endless", ["step", "Counter.up"], steps=True)
AFTER_N = ["after", "", "n"]


def below(value: int, variable: Any = N) -> Any:
    """Return that the counter is less than a value."""
    return ["<", variable, ["value", value]]


def shown(kind: str, proof: Any, wanted: Any, model: Any = None, verdict: str = "holds", **changes: Any) -> Make:
    """Return what writes a certificate; a proof may be a function of the folder."""

    def make(folder: Path) -> Path:
        fields = proof(folder) if callable(proof) else proof
        return written(folder, model or counter(), wanted, verdict, kind, fields, **changes)

    return make


def ranked(wanted: Any, ranks: list[Any], helpful: list[Any], model: Any = None, name: str = "up") -> Make:
    """Return what writes a ranking of all three values."""
    return shown("ranking", lambda folder: ranking(states(folder, 0, 1, 2), ranks, helpful, name), wanted, model)


def clauses(*parts: Any, wanted: Any = None, model: Any = None, verdict: str = "holds") -> Make:
    """Return what writes an inductive invariant."""
    return shown("invariant", {"clauses": list(parts)}, wanted or asked("invariant", below(2)), model, verdict)


def ends(*steps: str, wanted: Any, model: Any = None, verdict: str = "violated", loop: int | None = None) -> Make:
    """Return what writes a behaviour."""
    return shown("behaviour", behaviour(*steps, loop=loop), wanted, model, verdict)


def tampered(make: Make, kind: str, change: Callable[[Any], Any], name: str | None = None) -> Make:
    """Return what writes a certificate and then changes the content of the model or set it refers to."""

    def made(folder: Path) -> Path:
        path = make(folder)
        (kept,) = (folder / kind).iterdir()
        kept.write_text(json.dumps(change(json.loads(kept.read_bytes()))), encoding="ascii")
        if name is not None:
            kept.rename(kept.with_name(f"{name}.json"))
            path.write_text(path.read_text(encoding="ascii").replace(kept.stem, name), encoding="ascii")
        return path

    return made


LOOPING = counter(action("up", is_(0), ["value", 1]), RETURN)
STRONG = counter(action("up", is_(0), ["value", 1]), RETURN, FINISH)
WEAK = counter(action("up", is_(0), ["value", 1]), RETURN, action("finish", is_(1), ["value", 2], fairness="weak"))
TOO_FAR = counter(action("up", TRUE, ["+", N, ["value", 1]]))
BOUNDED = counter(action("up", below(1), ["+", N, ["value", 1]]))
TWO_STARTS = counter()
TWO_STARTS["components"][0]["variables"][0]["initial"] = [0, 1]
TWO_STARTS["components"][0]["actions"] = []
THINGS = counter()
THINGS["components"].append(THINGS["components"][0] | {"name": "Thing", "lineage": ["Thing"], "actions": []})
THINGS["components"][0]["parts"] = [{"name": "things", "kind": "Thing", "many": True}]

RIGHT: dict[str, Make] = {
    "up is taken twice": ranked(REACHES, [1, 0, -1], [0, 0, -1]),
    "ranks may be far apart": ranked(REACHES, [1000, 10, 0], [0, 0, 5]),
    "the host may go down, finitely often": ranked(NEVER, [2, 1, 0], [-1, -1, -1]),
    "below 2 when up ends at 1": clauses(below(2, AFTER_N), model=BOUNDED),
    "a clause may read with get": clauses(below(2), model=BOUNDED),
    "the same as a set of states": shown(
        "states", lambda folder: {"states": states(folder, 0, 1)}, asked("invariant", below(2)), BOUNDED
    ),
    "two steps lead to 2": ends("up", "up", wanted=asked("invariant", below(2))),
    "round and round without 2": ends("up", "return", wanted=REACHES, model=LOOPING, loop=0),
    "weakly fair is less than strongly fair": ends("up", "return", wanted=REACHES, model=WEAK, loop=0),
    "2 is never left when the host may not be relied on": shown(
        "behaviour",
        lambda folder: behaviour("up", "up", states=states(folder, 2)),
        asked("stays_possible", is_(0)),
        verdict="violated",
    ),
}

WRONG: dict[str, tuple[Make, str]] = {
    # rankings
    "equal ranks": (ranked(REACHES, [0, 0, -1], [0, 0, -1]), "may recur"),
    "ranks that rise": (ranked(REACHES, [0, 1, -1], [0, 0, -1]), "may recur"),
    "no rank where one waits": (
        ranked(asked("leads_to", is_(2), is_(0)), [1, -1, -1], [0, -1, -1]),
        "to a state without a rank",
    ),
    "no rank where one begins to wait": (ranked(REACHES, [-1, 0, -1], [-1, 0, -1]), "no rank"),
    "ranks that are no numbers": (ranked(REACHES, [float("nan")] * 3, [0, 0, 0]), "no rank"),
    "nobody helps": (ranked(REACHES, [1, 0, -1], [-1, -1, -1]), "not fair, or not enabled"),
    "the host helps": (ranked(REACHES, [1, 0, -1], [0, 0, -1], counter(DOWN, RETURN), "down"), "may recur"),
    "helps only where it is enabled": (
        ranked(REACHES, [1, 0, -1], [0, 0, -1], STRONG, "finish"),
        "may recur",
    ),
    "an unfair action helps": (
        ranked(REACHES, [1, 0, -1], [0, 0, -1], counter(UP | {"fairness": "none"})),
        "not fair, or not enabled",
    ),
    "endless without a rank, asked under no premise": (
        ranked(NEVER | {"after": ["value", "false"]}, [-1, -1, -1], [-1, -1, -1], LOOPING),
        "no rank",
    ),
    "endless at one rank": (ranked(NEVER, [0, 0, 0], [-1, -1, -1], LOOPING), "may recur"),
    # invariants
    "a clause that is not kept": (clauses(below(2, AFTER_N)), "does not keep"),
    "a clause that is not kept, read with get": (clauses(below(2)), "does not keep"),
    "a clause false at the start": (clauses(["not", is_(0)], below(2)), "false in a start state"),
    "too weak": (clauses(TRUE), "excludes too little"),
    "an integer that leaves its range": (
        clauses(TRUE, wanted=asked("invariant", below(3)), model=TOO_FAR),
        "may leave the range",
    ),
    "a clause about a step": (clauses(["step", "Counter.up"]), "AttributeError"),
    "a clause that is a number": (clauses(["value", 1]), "a truth value is needed"),
    "a comparison of words": (clauses(["<", ["value", "a"], ["value", "b"]]), "needs integers"),
    # sets of states
    "a state missing": (
        shown("states", lambda folder: {"states": states(folder, 0, 1)}, asked("invariant", below(2))),
        "leads out",
    ),
    "the start missing": (
        shown("states", lambda folder: {"states": states(folder, 2)}, asked("invariant", is_(2)), counter(UP)),
        "a start state is missing",
    ),
    "an integer that leaves its range in the set": (
        shown("states", lambda folder: {"states": states(folder, 0, 1, 2)}, asked("invariant", below(3)), TOO_FAR),
        "leaves the range",
    ),
    "a number that is no state": (
        shown("states", lambda folder: {"states": states(folder, 0, 1, 2, 3)}, asked("invariant", below(3))),
        "a number of none",
    ),
    "a state twice in place of another": (
        shown("states", lambda folder: {"states": states(folder, 0, 0)}, asked("invariant", is_(0)), TWO_STARTS),
        "not in order",
    ),
    "the host leads to the goal": (
        shown(
            "distances",
            lambda folder: {"states": states(folder, 0, 1, 2), "distances": [0, 1, 2]},
            asked("stays_possible", is_(0)),
        ),
        "no reliable action",
    ),
    # behaviours
    "never asked for": (
        ends("up", "return", wanted=asked("leads_to", is_(2), is_(2)), model=LOOPING, loop=0),
        "not asked for",
    ),
    "asked for, but then met": (
        ends(
            "up",
            "up",
            "back",
            wanted=asked("leads_to", is_(2), is_(0)),
            model=counter(UP | {"fairness": "none"}, action("back", is_(2), ["value", 1])),
            loop=3,
        ),
        "not asked for",
    ),
    "a strongly fair action neglected": (ends("up", "return", wanted=REACHES, model=STRONG, loop=0), "neglected"),
    "resting where a fair action is enabled": (ends(wanted=REACHES, loop=0), "neglected"),
    "round with the host": (
        ends("up", "down", wanted=REACHES, loop=0),
        "disturbed",
    ),
    "what is sought is not met": (ends("up", wanted=asked("invariant", below(2))), "not met in the end"),
    "an action that is not enabled": (
        ends("down", wanted=asked("invariant", below(0))),
        "",
    ),
    "with the host's help": (
        ends("up", "down", wanted=asked("must_be_possible", is_(0)), verdict="holds"),
        "the host takes a step",
    ),
    # models and claims
    "two actions of one name": (clauses(below(2), model=counter(UP, UP)), "makes no sense"),
    "fair and disturbing": (clauses(below(2), model=counter(UP | {"disturbs": True})), "makes no sense"),
    "unknown fairness": (clauses(below(2), model=counter(UP | {"fairness": "certain"})), "fairness"),
    "a set asked of steps": (
        shown("states", lambda folder: {"states": states(folder, 0, 1, 2)}, asked("invariant", TRUE, steps=True)),
        "does not ask",
    ),
    "another verdict": (
        shown("invariant", {"clauses": [below(3)]}, asked("invariant", below(3)), verdict="open"),
        "not a certificate known",
    ),
    "another schema of models": (
        clauses(below(3), wanted=asked("invariant", below(3)), model=counter() | {"schema": "tdispmodel/model/2"}),
        "not a model",
    ),
    "a model of another content": (
        tampered(clauses(below(3), wanted=asked("invariant", below(3))), "models", lambda one: one | {"name": "x"}),
        "not what was certified",
    ),
    "a model without a name": (
        tampered(clauses(below(3), wanted=asked("invariant", below(3))), "models", lambda one: one, name=""),
        "not what was certified",
    ),
    "about one of two": (
        shown(
            "invariant",
            {"clauses": []},
            asked("invariant", TRUE) | {"about": "Thing"},
            THINGS,
            instances=2,
            evidence=[{"about": [["things[0]"]], "kind": "invariant", "proof": {"clauses": []}}],
        ),
        "right instances",
    ),
    "about nobody": (
        shown("invariant", {"clauses": []}, asked("invariant", TRUE), evidence=[]),
        "right instances",
    ),
}


def examples(folder: Path) -> list[Example]:
    """Write all examples and return them, the right ones first."""
    found = []
    for number, (name, make, complaint) in enumerate(
        [(name, make, "") for name, make in RIGHT.items()]
        + [(name, make, complaint or "Error") for name, (make, complaint) in WRONG.items()]
    ):
        mine = folder / str(number)
        found.append(Example(name, mine, make(mine), complaint))
    return found
