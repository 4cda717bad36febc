"""The file of the debate's statements: what is read from it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.debate import Variant, read_statements
from tdispmodel.source import Rejected

HEAD = '[places.list]\ntext = "on the list"\nmessage = "1@example.org"\n'
ENTRY = '[[statement]]\nnumber = 2\nquote = \'"It binds."\'\nwho = "Somebody"\nplace = "list"\n'


def catalogue(folder: Path, text: str | bytes) -> Catalogue:
    """A catalogue with this file of statements."""
    (folder / "debate").mkdir()
    (folder / "debate" / "statements.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Catalogue(folder)


def test_without_the_file_there_are_none(tmp_path: Path) -> None:
    """A catalogue of somebody's own need not have statements."""
    assert {} == read_statements(Catalogue(tmp_path))


def test_an_entry(tmp_path: Path) -> None:
    """An entry says what was said, by whom and where, and what models it; numbers come in their order."""
    more = 'actions = ["Guest.bind"]\nvariants = [{ set = { kernel = "OLD" }, without = ["host.swap"] }]\n'
    text = HEAD + ENTRY + more + ENTRY.replace("2", "1") + 'not_modelled = "It is a joke."\n'
    first, second = read_statements(catalogue(tmp_path, text)).values()
    assert (1, 2) == (first.number, second.number)
    assert ('"It binds."', "Somebody", "", "on the list", "1@example.org") == (
        second.quote,
        second.who,
        second.when,
        second.where,
        second.message,
    )
    assert (("Guest.bind",), (Variant((("kernel", "OLD"),), ("host.swap",)),)) == (second.named, second.variants)
    assert ("not modelled", "modelled") == (first.standing, second.standing)


def test_part_of_a_statement(tmp_path: Path) -> None:
    """What is modelled and has a reason, too, is modelled in part."""
    text = HEAD + ENTRY + 'variables = ["Device.tdi"]\nnot_modelled = "The rest."\n'
    (statement,) = read_statements(catalogue(tmp_path, text)).values()
    assert "modelled in part" == statement.standing


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[statement]", "cannot be read"),
        (b"\xff", "cannot be read"),
        ("x = " + "[" * 20_000, "cannot be read"),
        ("# " + "x" * (1 << 20), "larger"),
        ("places = 1", "places are tables"),
        ("statement = 1", "[[statement]]"),
        (HEAD + ENTRY.replace("number = 2", "number = true"), "no number"),
        (HEAD + ENTRY.replace("number = 2", "number = 0"), "no number"),
        (HEAD + ENTRY + ENTRY, "two statements 2"),
        (HEAD + ENTRY + "colour = 1\n", "has no colour"),
        (HEAD + ENTRY.replace('"Somebody"', '""'), "by whom"),
        (HEAD + ENTRY.replace('"Somebody"', "7"), "who is no text"),
        (ENTRY, "does not say where"),
        (HEAD + ENTRY + "actions = 'bind'\n", "actions is no list"),
        (HEAD + ENTRY + "actions = [1]\n", "actions is no text"),
        (HEAD + ENTRY + "variants = [1]\n", "list of tables"),
        (HEAD + ENTRY + "variants = [{ on = 1 }]\n", "set and without"),
        (HEAD + ENTRY + "variants = [{ set = 1 }]\n", "set and without"),
        (HEAD + ENTRY + "variants = [{ set = { kernel = 1 } }]\n", "set is no text"),
    ],
)
def test_refused(tmp_path: Path, text: str | bytes, part: str) -> None:
    """A file that is not of this form is a complaint with its path, and short."""
    with pytest.raises(Rejected) as rejected:
        read_statements(catalogue(tmp_path, text))
    (complaint,) = rejected.value.complaints
    assert ("E624", str(tmp_path / "debate" / "statements.toml")) == (complaint.code, complaint.place.path)
    assert part in complaint.message
    assert len(complaint.message) < 150
