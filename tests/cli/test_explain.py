"""``explain``: everything that has a name is told, in text that can be pasted into a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.catalogue import Catalogue, find_catalogue
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.explaining import BY_KIND, FAMILIES, explanations
from tdispmodel.checking.settings import settings
from tdispmodel.checking.topics import COMPLAINTS, Known, Topic
from tdispmodel.cli import explains
from tdispmodel.ir.expressions import Actor
from tdispmodel.reports.explanation import render

Run = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Known(Catalogue(ROOT))


@pytest.fixture(scope="module")
def indexes() -> dict[Path, Known]:
    """What is known of each catalogue, for all tests: to read all its files takes seconds."""
    return {}


@pytest.fixture(autouse=True)
def _read_once(indexes: dict[Path, Known], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explains, "Known", lambda found: indexes.setdefault(found.root.resolve(), Known(found)))


NOT_MODELLED = """\
statement 68                                                not modelled
  "arch support to enable DMA/IOMMU/etc as many followup series"
  Jason Gunthorpe, 29 Aug 2025; in, or quoted in, the mail of 29 Aug
  2025 13:00 -0700
  Message-ID: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch
  Left out:     IOMMU and DMA set-up of the architectures is not
                modelled: a mapping is private or shared.
"""

ANSWERED = """\
statement 18                                                    modelled
  "This stops all kernel driver autobinding"
  Jason Gunthorpe, 29 Aug 2025; in, or quoted in, the mail of 29 Aug
  2025 13:00 -0700
  Message-ID: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch
  Properties:   TDM114 managed_buses_stay_off,
                TDM104 kernel_binds_only_verified_after_boot
  Helpers:      Guest.attaches_on_arrival
  Variables:    Guest.autoprobe
  Constants:    kernel, devices.bus
  Proposals:    initrd_autoprobe_off
  Answer:       True of PCI since v6.19; before, a device that was
                hot-added was bound all the same, and on a bus that is
                registered later one still is.

  Verdicts, 1 device:
    TDM104 kernel_binds_only_verified_after_boot
      vac        initrd_autoprobe_off
      FAIL 5     initrd_autoprobe_off (kernel=BEFORE_6_19)
      FAIL 4     initrd_autoprobe_off (devices.bus=LATER)
    TDM114 managed_buses_stay_off
      ok         initrd_autoprobe_off
      ok         initrd_autoprobe_off (kernel=BEFORE_6_19)
      ok         initrd_autoprobe_off (devices.bus=LATER)
    vac: holds, but its premise is never reached

  More:
    tdispmodel trace initrd_autoprobe_off TDM104 \\
      --set kernel=BEFORE_6_19
    tdispmodel trace initrd_autoprobe_off TDM104 \\
      --set devices.bus=LATER
    tdispmodel explain TDM114
"""
# FAIL 5, counted by hand: remove, start_initrd, load_module, hot_add, attach_on_arrival.  Since v6.19 the kernel attaches
# nothing after BOOT, and in BOOT no module is loaded: the premise is never reached.  On a later bus no device is there at
# boot, so there is nothing to remove: FAIL 4.

PROPERTY = """\
TDM202 accepted_is_running                                of every state
  An accepted device's TDI is in RUN.
  Source: debate 52, 121
    always accepted implies tdi = RUN

  Statements:
     52  'The kernel problems to solve are "accepted" flag' (Dan Will...
    121  truth table of accepted and authorized; "unaccepted device ....

  More:
    tdispmodel matrix -k TDM202
"""

ACTION = """\
Guest.approve                                   action, by relying party
  The relying party says that the launch state looks good.
  Source: debate 27, 28
  Requires:
    phase = USERSPACE
    not approved
    not suspended
  Does:
    approved := True
  Changed by:   post_validate_topology (changed)

  Statements:
     27  relying party either says "no, you have enumerated devices t...
     28  '"launch state looks good, lock device topology, proceed ......
"""

COMPLAINT = """\
E203                                               complaint about names
  An enum has no such member.
  See docs/complaints.md.
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["68"], NOT_MODELLED),
        (["18"], ANSWERED),
        (["TDM202", "--no-verdicts"], PROPERTY),
        (["approve"], ACTION),
        (["e203"], COMPLAINT),
    ],
)
def test_text(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], expected: str) -> None:
    """The whole text of one topic of each kind, letter by letter."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("explain", *words)
    assert (0, expected, "") == (ended.code, ended.out, ended.err)


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_topic_is_plain(kind: str) -> None:
    """Whatever has a name can be explained, in plain ASCII of at most 72 columns, without a path of this computer."""
    topics = [topic for topic in KNOWN.topics if topic.kind == kind]
    assert topics
    for topic in topics:
        explanation, _ = BY_KIND[kind](KNOWN, topic.name)
        text = render(explanation)
        assert text.isascii()
        assert [] == [line for line in text.splitlines() if len(line) > 72 or line != line.rstrip()]
        assert str(ROOT) not in text


def test_every_word_means_what_it_names() -> None:
    """Full names, short names, codes, numbers and capabilities lead to what they name."""
    for topic, words in KNOWN.topics.items():
        for word in words:
            assert topic in KNOWN.meant(word)
            assert topic in KNOWN.meant(word.upper())
            assert topic in KNOWN.meant(word.replace("_", "-"))


def test_every_complaint_has_a_topic() -> None:
    """All codes of complaints can be explained, those of the command line, too."""
    assert (
        {"E201", "E610", "E900"} <= {topic.name for topic in KNOWN.topics if topic.kind == "complaint"} == {*COMPLAINTS}
    )


def test_every_code_that_the_program_gives_is_explained() -> None:
    """Whatever looks like a complaint's code in the program's text can be explained, and belongs to a named family."""
    sources = (ROOT / "tdispmodel").rglob("*.py")
    given = {code for path in sources for code in re.findall(r'"(E[0-9]{3})"', path.read_text(encoding="utf-8"))}
    assert {"E101", "E407", "E601", "E704"} <= given == {*COMPLAINTS}
    assert {code[:2] for code in given} == {*FAMILIES}


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("bnid", "did you mean bind?"),
        ("no_trusted_driver_binds_pre-runs", "did you mean no_trusted_driver_binds_pre_run?"),
        ("initrd_autoprobe", "did you mean initrd_autoprobe_off?"),
        ("E299", "did you mean E"),
        ("142", "there are statements 1 to 141"),
        ("0", "there are statements 1 to 141"),
        ("frobnicate", "explain a number of a statement, or a name of a list"),
        ("\x1b[31m" + "x" * 100_000, "explain a number"),
        ("", "explain a number"),
    ],
)
def test_unknown(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch, word: str, hint: str) -> None:
    """What has no such name is a complaint that names the nearest thing of any kind."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("explain", word)
    assert (2, "") == (ended.code, ended.out)
    assert "E625" in ended.err
    assert hint in ended.err
    assert "\x1b" not in ended.err
    assert len(ended.err) < 300


def test_property_of_all_proposals(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property is explained with the verdict of every proposal of the catalogue, each once."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("explain", "secrets_need_approval")
    verdicts = ended.out.partition("Verdicts, 1 device:\n")[2].partition("More:")[0]
    names = [word.strip(",") for word in verdicts.split() if word.strip(",") in KNOWN.proposals]
    assert 0 == ended.code
    assert sorted(KNOWN.proposals) == sorted(names)


def test_what_cannot_be_asked_is_told(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A property that no proposal can be asked is explained all the same."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("explain", "distrusted_device_is_driverless", "--no-verdicts")
    assert "Needs:        Device.trust" in ended.out


def test_open_verdicts_are_told(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time the verdict is open, with its reason, and so is the exit code."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("explain", "15", "--timeout", "1ms", "--jobs", "1")
    assert 3 == ended.code
    assert "      open       initrd_autoprobe_off\n" in ended.out
    assert "open: initrd_autoprobe_off TDM103" in ended.out


def test_own_catalogue(tdispmodel: Run, here: Path) -> None:
    """A catalogue without statements has none to explain; its own proposals are explained."""
    (here / "proposals" / "lamps.py").write_text((here / "room.py").read_text())
    assert 2 == tdispmodel("explain", "1").code
    ended = tdispmodel("explain", "lamps")
    assert 0 == ended.code
    assert "Lamps that are switched on" in ended.out
    assert "FAIL 1     TDM901" in ended.out


def test_statements_are_listed(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """All statements are listed, or those that name a proposal."""
    monkeypatch.chdir(ROOT)
    assert tdispmodel("list", "statements").out.startswith("statements: 141\n  1    modelled ")
    shown = tdispmodel("list", "statements", "device-filter").out
    assert shown.startswith("statements of device-filter: 1\n  39  modelled  'rejection of the")


def test_catalogue_is_found() -> None:
    """The statements lie beside the proposals."""
    assert find_catalogue(ROOT).statements.is_file()


def test_a_constant_of_each_instance() -> None:
    """The kind of a device is found by its own name, by that of its component and by what it is set with."""
    topics = {KNOWN.meant(word) for word in ("devices.kind", "Device.kind", "DEVICE.KIND")}
    assert {(Topic("constant", "devices.kind"),)} == topics
    (found,) = explanations(KNOWN, "devices.kind")
    page = render(found)
    assert "constant of each instance" in page.splitlines()[0]
    assert "Default:      TDISP" in page
    ((*_, option, words),) = found.commands
    proposal = KNOWN.proposals[found.commands[0][2]].model
    assert option == "--set"
    assert chosen(proposal, settings([words]))[1].keys() == {"devices[0].kind"}


def test_a_hidden_constant_says_from_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot see a constant is told, and nothing is where everybody sees it."""
    for hidden, line in (({Actor.HOST, Actor.RELYING_PARTY}, "Hidden from:  host, relying party"), (set(), "")):
        constant = replace(KNOWN.constants["devices.kind"], hidden_from=frozenset(hidden))
        monkeypatch.setitem(KNOWN.constants, "devices.kind", constant)
        page = render(explanations(KNOWN, "devices.kind")[0])
        assert line in page
        assert ("Hidden" in page) is bool(hidden)
