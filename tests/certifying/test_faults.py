"""Faults planted in the stand-alone checker: the corrupted certificates and those written by hand notice each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tdispmodel.certifying import standalone
from tests.certifying.changed_proofs import PROOF
from tests.certifying.corrupting import MODEL, STATES
from tests.certifying.pool import Case, accepts, pool
from tests.certifying.wrong import examples

SOURCE = Path(standalone.__file__).read_text(encoding="ascii")

FAULTS = {
    "start states are not looked for": ("need(not starts or starting == ", "need(True or starting == "),
    "an invariant may be false at the start": (
        "need(not any(system.both(system.start, system.opposite(fact)) for fact in facts)",
        "need(facts is not None",
    ),
    "closure under the first action only": ("for action in actions:\n            sets", "for action in [*actions][:1]:\n            sets"),
    "an invariant is not kept": ("need(not reduce(system.both, broken, action.guard)", "need(broken"),
    "a clause may speak of the state before": ('(word == "after" or step.key is None)', 'word == "after"'),
    "the property does not follow from the set": (
        "need(not any(map(self.closed(states, self.actions).where, self.sought()))",
        "need(self.closed(states, self.actions)",
    ),
    "the property does not follow from the invariant": (
        "need(not any(reduce(system.both, facts, one) for one in self.sought())",
        "need(self.actions",
    ),
    "an invariant says nothing of ranges": ("need(not reduce(system.both, facts, action.leaves)", "need(action"),
    "a set says nothing of ranges": ("need(not self.where(action.leaves)", "need(action"),
    "ranks are ignored": ("need(stays or ranks[after] < ranks[before] or action.disturbs", "need(action"),
    "equal ranks will do": ("or ranks[after] < ranks[before] or", "or ranks[after] <= ranks[before] or"),
    "greater ranks will do": ("or ranks[after] < ranks[before] or", "or ranks[after] != ranks[before] or"),
    "the helpful action may change": ("and helpful[after] == helpful[before] != number", "and helpful[before] != number"),
    "marked steps may recur": ("(helpful[before] >= 0 or not marked[before])", "True"),
    "nobody need help": ("need(all(ready)", "need(actions is not None"),
    "unfair actions help": ('action.fairness != "none" and helpful[before] == number', "helpful[before] == number"),
    "states without a rank are forgotten": ("need(ranks[after] >= 0 or met[after]", "need(action"),
    "who waits needs no rank": (
        "need(all(done or rank >= 0 or not here for rank, done, here in zip(ranks, met, asked, strict=True))",
        "need(asked",
    ),
    "the premise narrows never-endless": ("inside.flags(self.premise if waits else TRUE)", "inside.flags(self.premise)"),
    "distances need not fall": ("0 <= distances[after] < distances[before]", "0 <= distances[after]"),
    "distances count steps of adversaries": ("for before, after in () if action.adversarial else inside.leads(action)",
                                             "for before, after in inside.leads(action)"),
    "no distance is needed": ("need(closer if distance >= 0 else not premise", "need(closer or distance < 0"),
    "a behaviour begins anywhere": ("need(found[0].where(system.start)", "need(found"),
    "actions are taken where they are not enabled": (
        "enabled = self.flags(action.guard)\n", "enabled = self.flags(TRUE)\n"
    ),
    "the host helps what must be possible": ("need(action in self.actions", "need(action"),
    "a loop need not close": ("calm and around[0].numbers == around[-1].numbers", "calm"),
    "a loop may be disturbed": ("need(calm and around", "need(around"),
    "fairness is neglected": ('{"weak": all, "strong": any}[action.fairness]', "(lambda enabled: False)"),
    "strong fairness is taken for weak": ('{"weak": all, "strong": any}', '{"weak": all, "strong": all}'),
    "weak fairness is taken for none": ('{"weak": all, "strong": any}', '{"weak": lambda _: False, "strong": any}'),
    "the goal may be met on the loop": ("need(not any(state.where(self.true()) for state in around)", "need(around"),
    "nobody need ask for the goal": ("need(any(state.where(self.premise) for state in [*stem[late:], *around])", "need(stem is not None"),
    "the goal may come after the question": ("[*stem[late:], *around]", "[*stem, *around]"),
    "the goal is lost where it is met": ('need(not inside.where(self.true()), "the goal', 'need(inside, "the goal'),
    "the goal is lost where it is not asked for": (
        "need(found[-1].where(self.premise) and found[-1]", "need(found[-1]"
    ),
    "the end proves nothing": ("need(found[-2 if self.steps else -1].where(wanted)", "need(found"),
    "hashes are not compared": ("digest in (None, hashlib", "digest in (digest, hashlib"),
    "a file without a name needs no hash": ("digest in (None, ", 'digest in ("", None, '),
    "constants may have any value": ("need(self.given[path + name] in values", "need(path is not None"),
    "constants may be invented": ("need(known == (len(constants), len", "need(known[1:] == (len"),
    "states in any order": ("type(more) is int and more > 0", "type(more) is int"),
    "numbers of no state": ("need(rest and not any(rest)", "need(rest"),
    "some instances are enough": ('(verdict == "violated" or shown == wanted)', "True"),
    "the claim is not compared with the evidence": ('and found == (evident == "behaviour")', "and True"),
    "any evidence will do": ("need(kind in SHOWS.get(evident, ()) and", "need("),
    "one guard is enough": ("[self.truth(part, names) for part in guards]", "[self.truth(part, names) for part in guards[:1]]"),
    "start conditions are ignored": ("for part in initially)])", "for part in initially[:0])])"),
    "the first start value is enough": ("for value in initial]", "for value in initial[:1]]"),
    "what is switched off is there": ('if f"{actor}.{name}" not in without:', "if True:"),
    "some actions are forgotten": ("for chosen in self.of_kinds([kind for _, kind in bound]):\n                    self", "for chosen in list(self.of_kinds([kind for _, kind in bound]))[:1]:\n                    self"),
}  # fmt: skip
"""What is wrong with the checker, as text of it and what stands there instead."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Several hundred certificates and what is known of each: those written by hand for faults, and those of the pool."""
    found = pool(tmp_path_factory.mktemp("pool"))
    written = examples(tmp_path_factory.mktemp("written"))
    return [*(Case(one.folder, one.path, one.name, not one.complaint) for one in written), *found]


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    """The checker keeps models that it has seen, by folder; these folders end with the tests."""
    yield
    standalone.system_of.cache_clear()


def broken(old: str, new: str) -> ModuleType:
    """Return the checker with one text replaced by another."""
    assert SOURCE.count(old) == 1, f"not there once: {old}"
    module = ModuleType("broken")
    exec(compile(SOURCE.replace(old, new), "broken", "exec"), module.__dict__)  # noqa: S102  # our own program, broken
    return module


def test_what_is_no_proof_is_rejected(cases: list[Case]) -> None:
    """Of more than 200 certificates that an oracle finds to be no proofs, after changes of all kinds, none is accepted."""
    no_proofs = [case for case in cases if case.proof is False]
    assert [] == [case.what for case in no_proofs if accepts(standalone, case)]
    assert len(no_proofs) > 200
    expected = {f"model: {name}" for name, _ in MODEL} | {f"states: {name}" for name, _ in STATES}
    expected |= {f"proof: {name}" for name, _, _ in PROOF}
    changed = Counter(case.what for case in cases)
    assert set() == expected - changed.keys(), "some changes were never made"


def test_most_of_what_is_a_proof_still_is_accepted(cases: list[Case]) -> None:
    """More than half of the changed certificates that are proofs still are accepted: the checker does not just say no."""
    proofs = [case for case in cases if case.proof is True]
    assert sum(accepts(standalone, case) for case in proofs) > len(proofs) // 2


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed(fault: str, cases: list[Case]) -> None:
    """A checker with the fault accepts a certificate that is no proof, or rejects one written by hand that is."""
    checker = broken(*FAULTS[fault])
    assert any(accepts(checker, case) for case in cases if case.proof is False)
