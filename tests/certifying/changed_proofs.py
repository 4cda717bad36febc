"""Changes of what a certificate shows: of clauses, distances, ranks and behaviours."""

from __future__ import annotations

from tests.certifying.changing import Chance, Change, Document, dropped, literals, negated, other_value, reads


def one_number(field: str) -> Change:
    """Change one number of a list."""

    def changed(rng: Chance, proof: Document) -> bool:
        if not proof[field]:
            return False
        at = rng.randrange(len(proof[field]))
        proof[field][at] += rng.choice([-2, -1, -1, 1, 1, 2])
        return True

    return changed


def alike(field: str) -> Change:
    """Make all numbers of a list the same."""

    def changed(rng: Chance, proof: Document) -> bool:
        proof[field] = [rng.choice([-1, 0, 1])] * len(proof[field])
        return True

    return changed


def shortened(field: str) -> Change:
    """Leave the last of a list out."""

    def changed(_: Chance, proof: Document) -> bool:
        return bool(proof[field]) and bool(proof[field].pop() or True)

    return changed


def initial_value(rng: Chance, proof: Document) -> bool:
    """Begin in another state."""
    name = rng.choice(sorted(proof["initial"]))
    proof["initial"][name] = other_value(rng, proof["initial"][name])
    return True


def repeated_step(rng: Chance, proof: Document) -> bool:
    """Take a step twice, or another one in its place."""
    if not proof["steps"]:
        return False
    at = rng.randrange(len(proof["steps"]))
    proof["steps"].insert(at, rng.choice(proof["steps"]))
    return True


def another_loop(rng: Chance, proof: Document) -> bool:
    """Return to another state, or never."""
    proof["loop"] = rng.choice([None, -1, 0, 1, 2, len(proof["steps"]), len(proof["steps"]) + 1])
    return True


def weaker_clause(rng: Chance, proof: Document) -> bool:
    """Make a clause weaker: true also where another one is false."""
    if len(proof["clauses"]) < 2:
        return False
    one, other = rng.sample(range(len(proof["clauses"])), 2)
    proof["clauses"][one] = ["or", proof["clauses"][one], ["not", proof["clauses"][other]]]
    return True


def clause_value(rng: Chance, proof: Document) -> bool:
    """Change a value in a clause."""
    known = [literal for clause in proof["clauses"] for literal in literals(clause)]
    if not known:
        return False
    literal = rng.choice(known)
    literal[1] = other_value(rng, literal[1])
    return True


def of_the_state_before(rng: Chance, proof: Document) -> bool:
    """Have a clause, or all of them, speak of the state before a step, in which it is true anyway."""
    at = rng.randrange(len(proof["clauses"]) + 1)
    chosen = proof["clauses"][at : at + 1] or proof["clauses"]
    known = [part for clause in chosen for part in reads(clause)]
    for part in known:
        part[0] = "get"
    return bool(known)


def dropped_then_before(rng: Chance, proof: Document) -> bool:
    """Leave a clause out, and have the others speak of the state before a step."""
    return dropped("clauses")(rng, proof) and of_the_state_before(rng, proof)


def other_helper(rng: Chance, proof: Document) -> bool:
    """Let other actions help."""
    if not proof["actions"]:
        return False
    proof["actions"][rng.randrange(len(proof["actions"]))] = rng.choice(
        [["Plan.do_plan_0"], ["Guest.do_plan_0"], ["no"]]
    )
    return True


PROOF: list[tuple[str, str, Change]] = [
    ("the set forgotten", "states", lambda _, proof: bool(proof.pop("states"))),
    ("more than there should be", "states", lambda _, proof: bool(proof.update(more=1)) or True),
    ("a clause less", "invariant", dropped("clauses")),
    ("a clause negated", "invariant", negated("clauses")),
    ("a clause weaker", "invariant", weaker_clause),
    ("a value in a clause", "invariant", clause_value),
    ("a clause less, of the state before", "invariant", dropped_then_before),
    ("a distance", "distances", one_number("distances")),
    ("all distances", "distances", alike("distances")),
    ("a distance less", "distances", shortened("distances")),
    ("a rank", "ranking", one_number("ranks")),
    ("all ranks", "ranking", alike("ranks")),
    ("a rank less", "ranking", shortened("ranks")),
    ("a helpful action", "ranking", one_number("helpful")),
    ("all helpful actions", "ranking", alike("helpful")),
    ("who helps", "ranking", other_helper),
    ("a value at the start", "behaviour", initial_value),
    ("a step less", "behaviour", dropped("steps")),
    ("a step more", "behaviour", repeated_step),
    ("the last step less", "behaviour", shortened("steps")),
    ("the loop", "behaviour", another_loop),
]
