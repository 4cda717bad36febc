"""Constants of instances: the words of the command line and topology files against a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tdispmodel.checking.constants import by_name, can_be_set, chosen
from tdispmodel.checking.settings import settings
from tdispmodel.checking.topology import LARGEST_FILE, Topology, read_topology, topology
from tdispmodel.ir.expressions import BOOLEAN, Bounded, Enumeration, IllFormed, Value
from tdispmodel.ir.model import Component, Constant, Model, Part
from tdispmodel.reports.options import in_words
from tdispmodel.semantics.grounding import default_constants
from tdispmodel.source import Complaint, Rejected
from tests.laws.random_systems import law

KIND = Enumeration("Kind", ("TDISP", "PLAIN"))
PORT = Component("Port", ("Port",), constants=(Constant("lanes", Bounded(1, 4), 2),))
DEVICE = Component(
    "Device",
    ("Device",),
    parts=(Part("port", "Port", many=False),),
    constants=(
        Constant("kind", KIND, "TDISP"),
        Constant("quick", BOOLEAN, True),
        Constant("decided", BOOLEAN, True, fixed=True),
    ),
)
ROOT = Component("Guest", ("Guest",), parts=(Part("devices", "Device", many=True), Part("port", "Port", many=False)))
MODEL = Model("small", "Guest", (ROOT, DEVICE, PORT), (Constant("strict", BOOLEAN, True),))
OLD = Model("old", "Guest", (ROOT, DEVICE, PORT), (Constant("topology", KIND, "TDISP"),))
TWO = Model(
    "two",
    "Guest",
    (Component("Guest", ("Guest",), parts=(*ROOT.parts, Part("others", "Device", many=True))), DEVICE, PORT),
)


def complaint(act: Callable[[], object]) -> Complaint:
    """Return the one complaint that an act ends with."""
    with pytest.raises(Rejected) as rejected:
        act()
    (found,) = rejected.value.complaints
    return found


def said(*texts: str, number: int | None = None, model: Model = MODEL) -> tuple[int, dict[str, Value]]:
    """Return what words of ``--set`` choose."""
    return chosen(model, settings(texts), number)


# --- the command line ------------------------------------------------------------------------------------------------


def test_names() -> None:
    """Constants are called by the path of what has them, without an index; one that is nowhere fixed can be set."""
    names = ["strict", "devices.kind", "devices.quick", "devices.decided", "devices.port.lanes", "port.lanes"]
    assert names == list(by_name(MODEL))
    assert can_be_set(MODEL, ["strict", "topology", "devices.kind", "devices[7].kind", "port.lanes"])
    for name in ("devices.decided", "kind", "devices.kin", "port[0].lanes", "devices[0]", ""):
        assert not can_be_set(MODEL, [name])


def test_the_root_has_no_constants_of_instances() -> None:
    """A model whose root has constants like a part is ill-formed: there would be two places for them."""
    with pytest.raises(IllFormed):
        Model("wrong", "Port", (PORT,))


@pytest.mark.parametrize(
    ("texts", "number", "expected"),
    [
        (["devices.kind=TDISP,PLAIN"], None, (2, ["TDISP", "PLAIN"])),
        (["devices.kind=TDISP,PLAIN"], 2, (2, ["TDISP", "PLAIN"])),
        (["devices.kind= TDISP , Kind.PLAIN "], None, (2, ["TDISP", "PLAIN"])),
        (["devices.kind=PLAIN"], None, (1, ["PLAIN"])),
        (["devices.kind=PLAIN"], 3, (3, ["PLAIN", "PLAIN", "PLAIN"])),
        (["devices[1].kind=PLAIN"], 3, (3, [None, "PLAIN", None])),
        (["devices[0].kind=PLAIN", "devices[1].kind=TDISP"], 2, (2, ["PLAIN", "TDISP"])),
        (["topology=PLAIN,PLAIN,TDISP"], None, (3, ["PLAIN", "PLAIN", "TDISP"])),
        (["topology=PLAIN"], 2, (2, ["PLAIN", "PLAIN"])),
        (["devices.kind=PLAIN", "devices[0].kind=PLAIN"], 1, (1, ["PLAIN"])),
        (["devices.kind=TDISP,PLAIN", "devices.quick=True,False"], None, (2, ["TDISP", "PLAIN"])),
    ],
)
def test_kinds(texts: list[str], number: int | None, expected: tuple[int, list[str | None]]) -> None:
    """One instance, all of them, or each in turn; a list says how many there are."""
    count, values = said(*texts, number=number)
    assert expected == (count, [values.get(f"devices[{position}].kind") for position in range(count)])


def test_other_constants() -> None:
    """Parts of instances, single parts and the root are set by their paths, each as its sort says."""
    number, values = said("devices.port.lanes=1,4", "devices[0].quick=false", "port.lanes=3", "strict=False")
    assert number == 2
    lanes = {"devices[0].port.lanes": 1, "devices[1].port.lanes": 4, "port.lanes": 3}
    assert {**lanes, "devices[0].quick": False, "strict": False} == values


def test_the_roots_own_topology_comes_first() -> None:
    """Where the root has a constant of that name, ``topology`` means it."""
    assert (1, {"topology": "PLAIN"}) == said("topology=PLAIN", model=OLD)


@pytest.mark.parametrize(
    ("texts", "number", "code", "words"),
    [
        (["devices[1].kind=PLAIN"], None, "E615", "there is no devices[1]: the check has 1 device"),
        (["devices[2].kind=PLAIN"], 2, "E615", "there is no devices[2]: the check has 2 devices"),
        (["devices[9999].kind=PLAIN"], None, "E615", "there is no devices[9999]"),
        (["devices[99999].kind=PLAIN"], None, "E615", "there is no constant devices[99999].kind"),
        (["devices[-1].kind=PLAIN"], None, "E615", "there is no constant devices[-1].kind"),
        (["devices[00].kind=PLAIN"], None, "E615", "there is no constant devices[00].kind"),
        (["devices[01].kind=PLAIN"], 2, "E615", "there is no constant devices[01].kind"),
        (["devices[0].kind=PLAIN", "devices[00].kind=TDISP"], None, "E615", "there is no constant devices[00].kind"),
        (["devices[].kind=PLAIN"], None, "E615", "there is no constant devices[].kind"),
        (["devices[0][0].kind=PLAIN"], None, "E615", "there is no constant devices[0][0].kind"),
        (["devices.kin=PLAIN"], None, "E615", "there is no constant devices.kin"),
        (["kind=PLAIN"], None, "E615", "there is no constant kind"),
        (["port[0].lanes=2"], None, "E615", "there is no constant port[0].lanes"),
        (["devices=PLAIN"], None, "E615", "there is no constant devices"),
        (["devices.kind=PLAIN,FAKE"], None, "E616", "FAKE is no value of the constant kind"),
        (["devices.kind=PLAIN,,TDISP"], None, "E616", " is no value of the constant kind"),
        (["devices.kind=PLAIN,"], None, "E616", " is no value of the constant kind"),
        (["devices[0].kind=PLAIN,TDISP"], None, "E616", "PLAIN,TDISP is no value of the constant kind"),
        (["strict=True,False"], None, "E616", "True,False is no value of the constant strict"),
        (["port.lanes=1,2"], None, "E616", "1,2 is no value of the constant lanes"),
        (["devices.port.lanes=5"], None, "E616", "5 is no value of the constant lanes"),
        (["devices.decided=False"], None, "E617", "small fixes the constant decided to True: it cannot be set"),
        (["devices[0].decided=True"], None, "E617", "small fixes the constant decided to True: it cannot be set"),
        (["devices.kind=TDISP,PLAIN"], 3, "E610", "--devices is 3 but --set devices.kind=TDISP,PLAIN is 2"),
        (["devices.kind=TDISP,PLAIN"], 1, "E610", "--devices is 1 but --set devices.kind=TDISP,PLAIN is 2"),
        (["devices.kind=TDISP,PLAIN", "devices.quick=True,True,True"], None, "E610", "different numbers of devices"),
        (["devices.kind=TDISP,PLAIN", "devices[1].kind=TDISP"], None, "E610", "devices[1].kind is given twice"),
        (["devices.kind=TDISP", "topology=PLAIN"], None, "E610", "say different things"),
        (["devices.kind=" + ",".join(["PLAIN"] * 17)], None, "E614", "the number must be 1 to 16, not 17"),
        ([], 0, "E614", "--devices: the number must be 1 to 16, not 0"),
    ],
)
def test_wrong_words(texts: list[str], number: int | None, code: str, words: str) -> None:
    """What names no instance or constant, fits no sort or contradicts something else is a complaint."""
    found = complaint(lambda: said(*texts, number=number))
    assert (code, "<command line>") == (found.code, found.place.path)
    assert words in found.message


def test_an_index_with_zeros_before_it() -> None:
    """An index is written as results write it, without zeros before it; the complaint says how."""
    assert complaint(lambda: said("devices[00].kind=PLAIN")).hint == "did you mean devices[0].kind?"
    assert complaint(lambda: said("devices[0010].port.lanes=1")).hint == "did you mean devices[10].port.lanes?"
    assert not can_be_set(MODEL, ["devices[00].kind"])
    assert not can_be_set(MODEL, ["devices[01].kind"])


def test_two_parts_with_kinds() -> None:
    """Where two parts have kinds of their own, the short name could mean either and is no name."""
    assert complaint(lambda: said("topology=PLAIN", model=TWO)).code == "E615"
    assert (2, {"others[0].kind": "TDISP", "others[1].kind": "PLAIN"}) == said("others.kind=TDISP,PLAIN", model=TWO)


# --- topology files --------------------------------------------------------------------------------------------------

LAB = """
[[devices]]
kind = "TDISP"
port = { lanes = 1 }

[[devices]]
kind = "Kind.PLAIN"
quick = false

[port]
lanes = 4
"""


def taken(text: str, *texts: str, number: int | None = None) -> tuple[int, dict[str, Value]]:
    """Return what a topology file chooses, beside words of ``--set``."""
    return chosen(MODEL, settings(texts), number, topology(text, "lab.toml"))


def test_a_topology() -> None:
    """A table for each instance, with what differs from the defaults; parts are tables of their own."""
    first = {"devices[0].kind": "TDISP", "devices[0].port.lanes": 1}
    second = {"devices[1].kind": "PLAIN", "devices[1].quick": False}
    assert (2, {**first, **second, "port.lanes": 4}) == taken(LAB)


def test_a_topology_beside_words() -> None:
    """A topology may be completed on the command line, and repeated, but not contradicted."""
    number, values = taken(LAB, "devices[0].quick=False", "devices[1].kind=PLAIN", "strict=False", number=2)
    assert (2, False, False) == (number, values["devices[0].quick"], values["strict"])


def test_only_how_many() -> None:
    """Empty tables say how many there are and nothing else."""
    assert (3, {}) == taken("[[devices]]\n" * 3)


@pytest.mark.parametrize(
    ("text", "texts", "number", "code", "words"),
    [
        (LAB, (), 3, "E610", "--devices is 3 but lab.toml, [[devices]] is 2"),
        (LAB, ("devices.kind=PLAIN,PLAIN,PLAIN",), None, "E610", "different numbers of devices"),
        (LAB, ("devices.kind=PLAIN",), None, "E610", "devices[0].kind is given twice, as PLAIN (--set devices.kind)"),
        (LAB, ("devices[2].kind=PLAIN",), None, "E615", "the check has 2 devices"),
        ("[[devises]]", (), None, "E630", "there is no part devises"),
        ("[[port]]", (), None, "E630", "there is no part port"),
        ("[devices]\nkind = 'PLAIN'", (), None, "E630", "there are many devices"),
        ("[[devices]]\nkynd = 'PLAIN'", (), None, "E630", "instances have no constant devices.kynd"),
        ("[[devices]]\nport.lines = 2", (), None, "E630", "instances have no constant devices.port.lines"),
        ("[[devices]]\nport = 2", (), None, "E630", "instances have no constant devices.port"),
        ("[[devices]]\nkind.of = 2", (), None, "E630", "instances have no constant devices.kind.of"),
        ("[strict]\nmode = true", (), None, "E630", "instances have no constant strict.mode"),
        ("[[devices]]\nkind = 'FAKE'", (), None, "E616", "FAKE is no value of the constant devices[0].kind"),
        ("[[devices]]\nkind = 1", (), None, "E616", "1 is no value"),
        ("[[devices]]\nkind = ['PLAIN']", (), None, "E616", "is no value"),
        ("[[devices]]\nquick = 1", (), None, "E616", "1 is no value"),
        ("[[devices]]\nquick = 'true'", (), None, "E616", "true is no value"),
        ("[[devices]]\nport.lanes = true", (), None, "E616", "True is no value"),
        ("[[devices]]\nport.lanes = 2.0", (), None, "E616", "2.0 is no value"),
        ("[[devices]]\nport.lanes = 5", (), None, "E616", "5 is no value"),
        ("[[devices]]\nkind = 1979-05-27", (), None, "E616", "1979-05-27 is no value"),
        ("[[devices]]\ndecided = true", (), None, "E617", "small fixes the constant decided"),
        ("devices = []", (), None, "E614", "lab.toml, [[devices]]: the number must be 1 to 16, not 0"),
        ("[[devices]]\n" * 17, (), None, "E614", "the number must be 1 to 16, not 17"),
    ],
)
def test_a_topology_that_does_not_fit(
    text: str, texts: tuple[str, ...], number: int | None, code: str, words: str
) -> None:
    """Parts and constants that the model has not, values of other sorts and contradictions are complaints."""
    found = complaint(lambda: taken(text, *texts, number=number))
    assert code == found.code
    assert words in found.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "lab.toml:1:1"),
        ("# nothing\n", "lab.toml:1:1"),
        ("[[devices]]\nkind = \n", "lab.toml:2:8"),
        ("[[devices]]\nkind = PLAIN\n", "lab.toml:2:8"),
        ("[[devices]]\n[[devices\n", "lab.toml:2:10"),
        ("[[devices]]\nkind = 'A'\nkind = 'B'\n", "lab.toml:3:11"),
        ("[[devices]]\r\nkind = ?\r\n", "lab.toml:2:8"),
        ("[[devices]]\nkind = 'A", "lab.toml:2:10"),
        ("kernel = 'OLD'\n", "lab.toml:1:1"),
        ("devices = [1]\n", "lab.toml:1:1"),
        ("devices = [[]]\n", "lab.toml:1:1"),
        ('["devices[5]"]\nkind = "PLAIN"\n', "lab.toml:1:1"),
        ('[["devices.kind"]]\n', "lab.toml:1:1"),
        ('[[devices]]\n"" = 1\n', "lab.toml:1:1"),
        ("[[devices]]\n'port.lanes' = 1\n", "lab.toml:1:1"),
        ("[[devices]]\n" * 65, "lab.toml:1:1"),
        ("[[devices]]\na = " + "[" * 20_000, "lab.toml:2:1"),
        ("[[devices]]\na = " + "[\n" * 20_000, None),
        ("[[devices]]\n" + "[devices.a.a.a.a.a.a.a.a.a.a]\n", None),
        ("[[devices]]\na = " + "{a=" * 10_000, None),
        ("[[devices]]\n" + ".".join("a" * 9_000) + " = 1\n", None),
        ("[[devices]]\nlanes = " + "9" * 5000 + "\n", None),
        ("\x00", None),
    ],
)
def test_no_topology(text: str, place: str | None) -> None:
    """What is no TOML, or not of this form, is a complaint about the file, with the line where TOML's reader knows it."""
    found = complaint(lambda: topology(text, "lab.toml"))
    assert found.code == "E630"
    assert found.place.path == "lab.toml"
    if place is not None:
        assert place == str(found.place)
    assert len(found.shown()) < 1000


def test_a_line_is_shown() -> None:
    """The complaint about the syntax shows the line."""
    assert complaint(lambda: topology("[[devices]]\nkind = PLAIN\n", "lab.toml")).line_text == "kind = PLAIN"


def test_files(tmp_path: Path) -> None:
    """A file that is not there, is no file, is no text or is huge is a complaint; a small one is read."""
    path = tmp_path / "lab.toml"
    assert complaint(lambda: read_topology(path)).code == "E630"
    assert complaint(lambda: read_topology(tmp_path)).code == "E630"
    assert complaint(lambda: read_topology(Path("a\0b"))).code == "E630"
    assert complaint(lambda: read_topology(Path("/dev/zero"))).code == "E630"
    path.write_bytes(b"[[devices]]\n# \xff\n")
    assert str(complaint(lambda: read_topology(path)).place) == f"{path}:2:1"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert "more than" in complaint(lambda: read_topology(path)).message
    path.write_text("[[devices]]\nkind = 'PLAIN'\n", encoding="utf-8")
    assert Topology(str(path), {"devices": 1}, {"devices[0].kind": "PLAIN"}) == read_topology(path)


# --- laws ------------------------------------------------------------------------------------------------------------

ROWS = st.lists(st.tuples(st.sampled_from(KIND.members), st.booleans(), st.integers(1, 4)), min_size=1, max_size=5)


@law(50)
@given(ROWS, st.booleans())
def test_every_way_to_say_it_means_the_same(rows: list[tuple[str, bool, int]], strict: bool) -> None:
    """Lists, instances one by one, a file, and what a report says all choose the same constants."""
    names = ("kind", "quick", "port.lanes")
    one_by_one = [
        f"devices[{position}].{name}={value}"
        for position, row in enumerate(rows)
        for name, value in zip(names, row, strict=True)
    ]
    lists = [
        f"devices.{name}={','.join(map(str, values))}"
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    ]
    tables = [
        f"[[devices]]\nkind = '{kind}'\nquick = {str(quick).lower()}\nport = {{ lanes = {lanes} }}\n"
        for kind, quick, lanes in rows
    ]
    number = len(rows)
    whole = [f"strict={strict}"]
    expected = said(*one_by_one, *whole, number=number)
    assert expected == said(*lists, *whole, number=None if number > 1 else 1)
    assert expected == taken("".join(tables), *whole)
    everything = default_constants(MODEL, number) | expected[1]
    words = [f"{name}={text}" for name, text in in_words(everything.items()).items() if "decided" not in name]
    count, values = said(*words, number=number)
    assert (number, everything) == (count, default_constants(MODEL, number) | values)


@law(200)
@given(st.text(max_size=60))
def test_any_text_is_a_topology_or_a_complaint(text: str) -> None:
    """Whatever the text is, it is a topology or is refused as one; and what is one fits the model or is refused."""
    found: tuple[Complaint, ...] = ()
    try:
        chosen(MODEL, {}, None, topology(text, "lab.toml"))
    except Rejected as rejected:
        found = rejected.complaints
    assert {known.code for known in found} <= {"E630", "E616", "E614", "E610"}


PIECES = st.sampled_from(
    [
        "[[devices]]\n",
        "[devices]\n",
        "[port]\n",
        "kind = 'PLAIN'\n",
        "kind = 3\n",
        "lanes = 2\n",
        "port.lanes = 2\n",
        "= ",
        "'",
        "[",
        "quick = true\n",
        "#",
        "\n",
        "{",
        "devices",
        ".",
    ]
)


@law(200)
@given(st.lists(PIECES, max_size=8))
def test_any_pieces_are_a_topology_or_a_complaint(pieces: list[str]) -> None:
    """Near misses, too, end in a topology or in one complaint."""
    found: tuple[Complaint, ...] = ()
    try:
        chosen(MODEL, {}, None, topology("".join(pieces), "lab.toml"))
    except Rejected as rejected:
        found = rejected.complaints
    assert len(found) <= 1


@law(200)
@given(st.text(alphabet="devicskn[]0123.,=TDISPLAN ", max_size=40))
def test_any_words_are_settings_or_a_complaint(text: str) -> None:
    """Whatever is written after ``--set`` chooses constants that the model has, or is refused."""
    try:
        number, values = said(text)
    except Rejected:
        return
    assert set(values) <= set(default_constants(MODEL, number))
