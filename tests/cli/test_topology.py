"""Devices of different kinds on the command line: ``--set devices.kind=...``, ``--topology``, and what results say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

LAB = '''"""Devices that are locked before they are bound, where they can be."""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Constant, Each, action, given, invariant, must_be_possible, require


class Kind(Enum):
    TDISP = auto()
    PLAIN = auto()


class Device(Component):
    """A device."""

    kind: Constant[Kind] = Kind.TDISP
    """What it is."""
    locked: bool = False
    bound: bool = False


class Lab(Component):
    """Binds what is locked, or what cannot be."""

    devices: Each[Device]
    strict: Constant[bool] = False

    @action(by=Actor.HOST)
    def lock(self, device: Device) -> None:
        """The host locks it."""
        require(device.kind is Kind.TDISP and not device.locked)
        device.locked = True

    @action(by=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """A driver is bound."""
        require(not device.bound and (device.locked or (device.kind is Kind.PLAIN and not self.strict)))
        device.bound = True


@invariant(code="TDM901")
def bound_is_locked(now: Device) -> bool:
    """Whatever is bound is locked."""
    return not now.bound or now.locked


@given(strict=True)
@invariant(code="TDM902")
def strictly_bound_is_locked(now: Device) -> bool:
    """The same, asked of strict labs."""
    return not now.bound or now.locked


@must_be_possible(code="TDM903")
def bound_without_the_host(now: Lab) -> bool:
    """Something can be bound without the host."""
    return any(device.bound for device in now.devices)
'''

PLAIN_LAB = '''"""A lab of plain devices."""

from __future__ import annotations

from lab import Device, Kind, Lab

from tdispmodel.dsl import Each, invariant


class PlainDevice(Device):
    """It cannot be locked."""

    kind = Kind.PLAIN


class PlainLab(Lab):
    """Nothing can be locked."""

    devices: Each[PlainDevice]


@invariant(code="TDM901")
def bound_is_locked(now: PlainLab) -> bool:
    """Whatever is bound is locked."""
    return all(not device.bound or device.locked for device in now.devices)
'''

MIXED = """\
[[devices]]
kind = "TDISP"

[[devices]]
kind = "PLAIN"
"""

ENGINES = ("explicit", "graph", "bmc", "induction", "pdr")


@pytest.fixture
def lab(here: Path) -> Path:
    """The current folder: a project with the file ``lab.py``, a lab of plain devices, and a topology of both kinds."""
    (here / "lab.py").write_text(LAB)
    (here / "plain_lab.py").write_text(PLAIN_LAB)
    (here / "mixed.toml").write_text(MIXED)
    return here


def results(tdispmodel: Run, *words: str) -> dict[str, dict[str, Any]]:
    """The results of a check by property."""
    ended = tdispmodel("check", "lab.py", "--json", *words)
    return {result["property"]: result for result in json.loads(ended.out)["results"]}


SAID = {
    "a list": ("--set", "devices.kind=TDISP,PLAIN"),
    "a short name": ("--set", "topology=TDISP,PLAIN"),
    "one of two": ("--set", "devices[1].kind=PLAIN", "--devices", "2"),
    "a file": ("--topology", "mixed.toml"),
    "a file and the same number": ("--topology", "mixed.toml", "-n", "2"),
}


@pytest.mark.parametrize("how", SAID)
def test_two_kinds(tdispmodel: Run, lab: Path, how: str) -> None:
    """However it is said: the second device is bound unlocked in one step; of 3 * 2 states, 2 * 2 + 3 steps."""
    assert lab.is_dir()
    found = results(tdispmodel, *SAID[how])["bound_is_locked"]
    constants = {"strict": False, "devices[0].kind": "TDISP", "devices[1].kind": "PLAIN"}
    assert (constants, 2) == (found["constants"], found["devices"])
    assert (6, 7) == (found["states"], found["transitions"])
    assert ["bind(devices[1])"] == [step["action"] for step in found["trace"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_engines(tdispmodel: Run, lab: Path, engine: str) -> None:
    """Every engine finds the one step, and none says that the others are violated, which hold."""
    assert lab.is_dir()
    found = results(tdispmodel, "--topology", "mixed.toml", "--engine", engine)
    assert ("violated", 1) == (found["bound_is_locked"]["verdict"], len(found["bound_is_locked"]["trace"]))
    assert found["strictly_bound_is_locked"]["verdict"] in ("holds", "open")
    assert found["bound_without_the_host"]["verdict"] in ("holds", "open")


def test_joined(tdispmodel: Run, lab: Path) -> None:
    """All engines together do not contradict one another, about each topology of two devices."""
    assert lab.is_dir()
    engines = [word for engine in ENGINES for word in ("--engine", engine)]
    for kinds, verdict in {"TDISP,TDISP": "holds", "TDISP,PLAIN": "violated", "PLAIN,PLAIN": "violated"}.items():
        found = results(tdispmodel, "--set", f"devices.kind={kinds}", *engines)
        assert verdict == found["bound_is_locked"]["verdict"]
        assert "holds" == found["strictly_bound_is_locked"]["verdict"]


def test_given_beside_a_topology(tdispmodel: Run, lab: Path) -> None:
    """A property that gives a constant of the root keeps the topology."""
    assert lab.is_dir()
    found = results(tdispmodel, "--topology", "mixed.toml")["strictly_bound_is_locked"]
    assert {"strict": True, "devices[0].kind": "TDISP", "devices[1].kind": "PLAIN"} == found["constants"]
    assert "holds" == found["verdict"]


def test_text(tdispmodel: Run, lab: Path) -> None:
    """The text says a topology that is not the default one, in few words, and the command that shows the trace again."""
    assert lab.is_dir()
    out = tdispmodel("check", "lab.py", "-k", "TDM901", "--topology", "mixed.toml").out
    assert "devices.kind=TDISP,PLAIN" in out.split("\n\n", maxsplit=1)[0]
    assert all(len(line) <= 72 for line in out.splitlines())
    command = out.partition("in full: ")[2].partition("\n\n")[0].replace("\\\n", " ").split()
    assert ["trace", "lab.py", "TDM901", "--devices", "2", "--set", "devices.kind=TDISP,PLAIN"] == command[1:]
    ended = tdispmodel(*command[1:])
    assert ended.code == 1
    assert "with devices.kind=TDISP,PLAIN" in ended.out
    default = tdispmodel("check", "lab.py", "--set", "devices.kind=TDISP,TDISP").out
    assert "kind" not in default.split("\n\n", maxsplit=1)[0]
    every = tdispmodel("check", "lab.py", "--set", "devices.kind=PLAIN", "-n", "3").out
    assert "devices.kind=PLAIN" in every.split("\n\n", maxsplit=1)[0]
    assert "devices.kind=TDISP" in tdispmodel("check", "lab.py", "-v").out


def test_sixteen_kinds(tdispmodel: Run, lab: Path) -> None:
    """However many devices there are, lines stay within 72 columns but for what is to be pasted."""
    assert lab.is_dir()
    kinds = ",".join(["PLAIN", "TDISP"] * 8)
    ended = tdispmodel(
        "check", "lab.py", "-k", "TDM901", "--set", f"devices.kind={kinds}", "--engine", "bmc", "--without", "host.lock"
    )
    assert ended.code == 1
    assert all(len(line) <= 72 or kinds in line for line in ended.out.splitlines())


def test_fixed(tdispmodel: Run, lab: Path) -> None:
    """A proposal whose devices have a fixed kind has it in results, and cannot be asked otherwise."""
    assert lab.is_dir()
    ended = tdispmodel("check", "plain_lab.py", "lab.py", "-k", "TDM901", "--json")
    kinds = [(one["proposal"], one["constants"]["devices[0].kind"]) for one in json.loads(ended.out)["results"]]
    assert [("plain_lab", "PLAIN"), ("lab", "TDISP")] == kinds
    ended = tdispmodel("check", "plain_lab.py", "--set", "topology=TDISP")
    assert (2, True) == (ended.code, "E617" in ended.err)
    assert "Device.kind = Kind.PLAIN (was Kind.TDISP)" in tdispmodel("show", "plain_lab.py").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--set", "devices.kind=TDISP,PLAIN", "-n", "3"), "E610"),
        (("--topology", "mixed.toml", "-n", "1"), "E610"),
        (("--topology", "mixed.toml", "--set", "devices[1].kind=TDISP"), "E610"),
        (("--set", "devices[1].kind=PLAIN"), "E615"),
        (("--set", "devices.kind=GREEN"), "E616"),
        (("--topology", "lab.py"), "E630"),
        (("--topology", "nowhere.toml"), "E630"),
        (("--topology", "."), "E630"),
        (("--topology", ""), "E630"),
    ],
)
@pytest.mark.parametrize(
    "verb", [("check",), ("matrix",), ("trace", "TDM901"), ("sweep", "TDM901"), ("adversary", "TDM901")]
)
def test_complaints(tdispmodel: Run, lab: Path, verb: tuple[str, ...], words: tuple[str, ...], code: str) -> None:
    """What does not fit is a complaint with its code, exit code 2, for every command that takes these options."""
    assert lab.is_dir()
    name, *rest = verb
    ended = tdispmodel(name, "lab.py", *rest, *words)
    assert (2, "") == (ended.code, ended.out)
    assert f": {code}: " in ended.err


def test_sweep(tdispmodel: Run, lab: Path) -> None:
    """The kind of each device is changed by itself; the first one flips the verdict as the second one does."""
    assert lab.is_dir()
    rows = json.loads(tdispmodel("sweep", "lab.py", "TDM901", "-n", "2", "--json").out)["rows"]
    assert [
        ("strict=True", "holds", False),
        ("devices[0].kind=PLAIN", "violated", True),
        ("devices[1].kind=PLAIN", "violated", True),
        ("without host.lock", "holds", False),
    ] == [(row["change"], row["verdict"], row["flips"]) for row in rows]
    text = tdispmodel("sweep", "lab.py", "TDM901", "--topology", "mixed.toml").out
    assert "asked with: strict=False, devices.kind=TDISP,PLAIN" in text
    assert "devices[1].kind=TDISP  ok          <== flips" in text
    fixed = tdispmodel("sweep", "plain_lab.py", "TDM901").out
    assert "fixed by the proposal: devices.kind=PLAIN" in fixed
    assert "devices[0].kind" not in fixed


def test_adversary(tdispmodel: Run, lab: Path) -> None:
    """Where a device is plain, the host is not needed to break the property."""
    assert lab.is_dir()
    found = json.loads(tdispmodel("adversary", "lab.py", "TDM901", "--topology", "mixed.toml", "--json").out)
    assert [[]] == [one["capabilities"] for one in found["breaking"]]
    assert found["constants"]["devices[1].kind"] == "PLAIN"


def test_refine(tdispmodel: Run, lab: Path) -> None:
    """A mapping may read the kind: what is bound unlocked is what a plain device does, and the default one never."""
    (lab / "door.py").write_text(
        "from tdispmodel.dsl import Actor, Component, action, require\n\n\n"
        "class Door(Component):\n    ajar: bool = False\n\n"
        "    @action(by=Actor.HOST)\n    def knock(self) -> None:\n        require(not self.ajar)\n"
    )
    (lab / "map.py").write_text(
        "from lab import Device, Kind\n\n\n"
        "def ajar(now: Device) -> bool:\n    return now.bound and now.kind is Kind.PLAIN\n"
    )
    words = ("refine", "lab.py", "door.py", "--map", "map.py")
    assert tdispmodel(*words).code == 0
    ended = tdispmodel(*words, "--topology", "mixed.toml")
    assert ended.code == 1
    assert "bind(devices[1])" in ended.out


def test_list(tdispmodel: Run, lab: Path) -> None:
    """Constants of instances are listed as they are set, with values, default and text."""
    assert lab.is_dir()
    out = tdispmodel("list", "constants", "lab.py").out
    assert "devices.kind (TDISP of TDISP PLAIN)\n      What it is." in out
    assert "devices.kind  PLAIN (fixed)" in tdispmodel("list", "constants", "plain_lab.py").out


def test_list_and_show_say_from_whom_a_constant_is_hidden(tdispmodel: Run, lab: Path) -> None:
    """A hidden constant is listed with who cannot see it, also where it is fixed, and shown as it is written."""
    text = (lab / "lab.py").read_text()
    annotation = "Annotated[Constant[Kind], HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)]"
    text = text.replace("kind: Constant[Kind]", f"kind: {annotation}").replace("Each,", "Each, HiddenFrom,")
    (lab / "lab.py").write_text(text.replace("from enum import", "from typing import Annotated\nfrom enum import"))
    listed = " ".join(tdispmodel("list", "constants", "lab.py").out.split())
    assert "devices.kind (TDISP of TDISP PLAIN, hidden from relying party, userspace)" in listed
    listed = " ".join(tdispmodel("list", "constants", "plain_lab.py").out.split())
    assert "devices.kind (PLAIN (fixed), hidden from relying party, userspace)" in listed
    assert f"    kind: {annotation} = Kind.TDISP\n" in tdispmodel("show", "lab.py").out
    (lab / "plain.litmus").write_text(LITMUS)  # whoever judges sees everything
    assert tdispmodel("litmus", "plain.litmus").code == 0


LITMUS = """\
litmus plain
proposal lab.py  devices.kind=TDISP,PLAIN
bind(devices[1])
always devices[1].kind is Kind.PLAIN and not devices[1].locked and devices[0].kind is Kind.TDISP
"""


def test_litmus(tdispmodel: Run, lab: Path) -> None:
    """A scenario has a topology among its assumptions, and its condition may speak of kinds."""
    (lab / "plain.litmus").write_text(LITMUS)
    ended = tdispmodel("litmus", "plain.litmus", "--json")
    (found,) = json.loads(ended.out)["results"]
    assert (0, 2, "PLAIN") == (ended.code, found["devices"], found["constants"]["devices[1].kind"])
    (lab / "plain.litmus").write_text(LITMUS.replace("TDISP,PLAIN", "TDISP,TDISP"))
    assert tdispmodel("litmus", "plain.litmus").code == 1
    (lab / "plain.litmus").write_text(LITMUS.replace("lab.py", "lab.py devices 3"))
    ended = tdispmodel("litmus", "plain.litmus")
    assert ended.code == 2
    assert ended.err.startswith("plain.litmus:2:")


VARIANTS = """
[[variant]]
properties = ["bound_is_locked"]
set = { "devices.kind" = "TDISP,PLAIN" }

[[variant]]
properties = ["bound_is_locked"]
set = { "devices[1].kind" = "PLAIN", strict = false }
devices = 2

[[variant]]
properties = ["bound_is_locked"]
set = { topology = "PLAIN" }
"""


@pytest.fixture
def stored(tdispmodel: Run, lab: Path) -> Path:
    """Stored counterexamples of variants of a catalogue with one proposal."""
    (lab / "proposals" / "lab.py").write_text(LAB)
    (lab / "counterexamples" / "variants.toml").write_text(VARIANTS)
    assert tdispmodel("replay", "--update").code == 0
    return lab / "counterexamples" / "lab"


def test_stored(tdispmodel: Run, stored: Path) -> None:
    """A variant has its topology in its name, is real when replayed, and making it anew changes nothing."""
    assert [
        "bound_is_locked@devices.kind=TDISP,PLAIN.itf.json",
        "bound_is_locked@devices[1].kind=PLAIN,strict=False,devices=2.itf.json",
        "bound_is_locked@topology=PLAIN.itf.json",
    ] == sorted(path.name for path in stored.glob("*.json"))
    ended = tdispmodel("replay")
    assert (0, True) == (ended.code, "3 counterexamples: 3 real, 0 stale" in ended.out)
    assert "0 new, 0 changed, 0 deleted" in tdispmodel("replay", "--update").out
    assert "devices.kind=TDISP,PLAIN" in (stored / "bound_is_locked@devices.kind=TDISP,PLAIN.txt").read_text()


@pytest.mark.parametrize(
    "change",
    [
        lambda meta: meta["constants"].pop("devices[1].kind"),
        lambda meta: meta["constants"].update({"devices[1].kind": "TDISP"}),
        lambda meta: meta["constants"].update({"devices[2].kind": "TDISP"}),
        lambda meta: meta["constants"].update({"devices[1].kind": "GREEN"}),
        lambda meta: meta["constants"].update({"devices.kind": "PLAIN"}),
        lambda meta: meta.update({"devices": 1}),
        lambda meta: meta.update({"devices": 300}),
    ],
    ids=["missing", "another kind", "one too many", "no kind", "no instance", "fewer devices", "very many devices"],
)
def test_stale(tdispmodel: Run, stored: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A stored trace whose topology is not one of the model's, or under which it is no violation, is stale."""
    path = stored / "bound_is_locked@devices.kind=TDISP,PLAIN.itf.json"
    document = json.loads(path.read_text())
    change(document["#meta"])
    path.write_text(json.dumps(document))
    ended = tdispmodel("replay", path)
    assert (1, True) == (ended.code, "STALE" in ended.out)


def test_two_names_of_one_constant(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds set by the short name and by the full one, differently: the complaint says both as they were typed."""
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    ended = tdispmodel("check", "base", "--set", "topology=TDISP", "--set", "devices.kind=PLAIN")
    assert 2 == ended.code
    assert "--set topology=TDISP and --set devices.kind=PLAIN say different things of devices.kind" in ended.err


def test_byte_order_mark(tdispmodel: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte order mark before a topology means nothing."""
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    path = tmp_path / "one.toml"
    path.write_text('\ufeff[[devices]]\nkind = "TDISP"\n', encoding="utf-8")
    assert tdispmodel("check", "base", "-k", "TDM202", "--topology", path).code in (0, 1)
