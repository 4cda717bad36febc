"""Corners of the language mean to the reader what they mean to CPython, and no text brings the reader down."""

from __future__ import annotations

import io
import random
import tempfile
import tokenize
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from tdispmodel.reading import read
from tdispmodel.semantics import Scope
from tdispmodel.source import Rejected
from tests.laws.agreement import differences
from tests.laws.native_runner import Native, imported

CORNERS = sorted((Path(__file__).parent / "corners").glob("*.py"))
WORDS = [
    "not",
    "or",
    "is",
    "in",
    "self",
    "now",
    "0",
    "-",
    "<",
    "all",
    "device",
    "if",
    "for",
    "(",
    ")",
    ":",
    "=",
    "Each",
]


def test_there_are_corners() -> None:
    """There are models in the folder."""
    assert len(CORNERS) >= 4


@pytest.mark.parametrize("path", CORNERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("devices", [1, 2])
def test_corners_mean_what_python_means(path: Path, devices: int) -> None:
    """A model in which names hide one another, chains are long and patches many has natively the states, steps and truths."""
    assert differences(Native(imported(path), devices), read(path).model, Scope(devices=devices)) == []


def mutated(text: str, chance: random.Random) -> str:
    """Return the text with a token replaced, removed or added, or a line moved."""
    lines = text.split("\n")
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.OP)
    ]
    token = chance.choice(tokens)
    (line, start), (_, end) = token.start, token.end
    old = lines[line - 1]
    new = chance.choice(
        [chance.choice(tokens).string, chance.choice(WORDS), "", f"{token.string} {chance.choice(WORDS)}"]
    )
    if chance.random() < 0.2:
        lines.insert(chance.randrange(len(lines)), lines.pop(line - 1))
    else:
        lines[line - 1] = old[:start] + new + old[end:]
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CORNERS), st.randoms(use_true_random=False))
def test_a_changed_text_is_read_or_refused(path: Path, chance: random.Random) -> None:
    """A text with a random change is a model or is refused with places inside it; it never brings the reader down."""
    text = mutated(path.read_text(encoding="utf-8"), chance)
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / path.name
        changed.write_text(text, encoding="utf-8")
        try:
            read(changed)
        except Rejected as rejected:
            for complaint in rejected.complaints:
                assert complaint.code != "E399"
                assert 1 <= complaint.place.line <= text.count("\n") + 1
