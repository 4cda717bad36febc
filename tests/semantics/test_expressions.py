"""Expressions as values: equal ones are one key of a table, in whatever process they were made."""

from __future__ import annotations

import pickle
import subprocess
import sys

from tdispmodel.ir.expressions import BOOLEAN, And, Expression, Not, Read, conjunction, negation

MADE = """
import pickle, sys
from tdispmodel.ir.expressions import BOOLEAN, And, Not, Read
made = And((Read("a", BOOLEAN), Not(Read("b", BOOLEAN))))
assert made in {made}
sys.stdout.buffer.write(pickle.dumps(made))
"""
"""Looked up before it is sent, so that whatever is remembered of it might be sent, too."""


def formula() -> Expression:
    """Return the formula of `MADE`."""
    return conjunction(Read("a", BOOLEAN), negation(Read("b", BOOLEAN)))


def test_equal_formulas_of_two_processes_are_one_key() -> None:
    """Texts have other hashes in another process; a formula from there is found here all the same."""
    for seed in ("1", "2"):
        sent = subprocess.run(
            [sys.executable, "-c", MADE], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        assert hash(pickle.loads(sent)) == hash(formula())  # noqa: S301  # written by the lines above


def test_formulas_of_different_shape_are_different_keys() -> None:
    """What has the same parts is not the same formula, and what is built twice is."""
    a, b = Read("a", BOOLEAN), Read("b", BOOLEAN)
    assert len({And((a, b)), And((b, a)), Not(a), a, formula(), formula()}) == 5
