"""Traces as ITF: what is written, that it reads back, and that no file of a stranger does harm."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from tdispmodel.exporting import FORMATS
from tdispmodel.exporting.itf import MAXIMUM_BYTES, StoredTrace, load, read, write
from tdispmodel.ir.expressions import Enumeration
from tdispmodel.source import Rejected
from tdispmodel.verdict import Result, Witness
from tests.reports.random_reports import results
from tests.reports.samples import CAN_RUN, ENDLESS, ONLY_IN_RUN, STORY, driver_system, holds, run, violated

SYSTEM = driver_system(1, (("kernel", "BEFORE_6_19"), ("probe_registers_child", False), ("n", 2)), ("host.error",))
RESULT = Result("status_quo", SYSTEM, violated(ONLY_IN_RUN, run(SYSTEM, STORY[1], "retry_deferred(devices[0])")))
GOOD = write(RESULT)


def refused(data: bytes | str) -> tuple[str, int, int, str]:
    """Code, line, column and message of the complaint about ``data``."""
    with pytest.raises(Rejected) as caught:
        read(data, "bad.itf.json")
    complaint = caught.value.complaints[0]
    assert complaint.place.path == "bad.itf.json"
    return complaint.code, complaint.place.line, complaint.place.column, complaint.message


def code_of(text: str) -> str:
    """The code of the complaint about ``text``, empty if it is read as a trace."""
    try:
        found = read(text)
    except Rejected as rejected:
        return rejected.complaints[0].code
    return "" if isinstance(found, StoredTrace) else "nothing"


def spoiled(change: Any) -> tuple[str, str]:
    """Code and message of the complaint about the good trace after ``change`` was made to it."""
    document = json.loads(GOOD)
    change(document)
    code, _, _, message = refused(json.dumps(document))
    return code, message


def test_what_is_written() -> None:
    """The document has the states with their actions and actors, integers as bigint, and all the assumptions."""
    found = json.loads(GOOD)
    assert ["#meta", "params", "states", "vars"] == sorted(found)
    assert {
        "#meta": {"index": 2, "actor": "kernel"},
        "mbt::actionTaken": "retry_deferred(devices[0])",
        "phase": "BOOT",
        "devices[0].tdi": "CONFIG_LOCKED",
        "devices[0].driver": "NONE",
        "devices[0].accepted": False,
        "devices[0].retries": {"#bigint": "1"},
    } == found["states"][2]
    assert "init" == found["states"][0]["mbt::actionTaken"]
    meta = found["#meta"]
    assert ("ITF", "violation", "violated", "invariant", 1) == tuple(
        meta[key] for key in ("format", "status", "verdict", "kind", "devices")
    )
    assert {"kernel": "BEFORE_6_19", "probe_registers_child": False, "n": {"#bigint": "2"}} == meta["constants"]
    assert {"Bool", "Int", "Str"} == set(meta["varTypes"].values())
    assert set(found["vars"]) == set(meta["varTypes"])


def test_the_same_bytes_each_time() -> None:
    """Writing twice gives the same bytes: sorted keys, a line end at the end, nothing of time or place."""
    assert GOOD == write(RESULT)
    assert GOOD.endswith("}\n")
    assert GOOD.isascii()
    assert json.dumps(json.loads(GOOD), indent=1, sort_keys=True) + "\n" == GOOD


def test_a_trace_reads_back() -> None:
    """What was written is read back, and is the same trace of the same system."""
    found = read(GOOD.encode())
    assert (
        "status_quo",
        "private_driver_only_in_run",
        "TDM103",
        "invariant",
        "violated",
        1,
        {"kernel": "BEFORE_6_19", "probe_registers_child": False, "n": 2},
        ("host.error",),
        None,
    ) == (
        found.proposal,
        found.property,
        found.code,
        found.kind,
        found.verdict,
        found.devices,
        found.constants,
        found.without,
        found.loop,
    )
    assert RESULT.verdict.trace == found.trace(SYSTEM)


def test_lassos_and_witnesses_read_back() -> None:
    """A loop keeps its index; the witness of what must be possible is stored as a holding verdict."""
    lasso = run(SYSTEM, *["retry_deferred(devices[0])"] * 2, loop=1)
    found = read(write(Result("status_quo", SYSTEM, violated(ENDLESS, lasso))))
    assert lasso == found.trace(SYSTEM)
    witness = run(SYSTEM, STORY[2], STORY[3])
    found = read(write(Result("status_quo", SYSTEM, holds(CAN_RUN, Witness(witness)))))
    assert ("holds", "must_be_possible", witness) == (found.verdict, found.kind, found.trace(SYSTEM))


def test_without_a_trace_there_is_nothing_to_write() -> None:
    """A verdict without a behaviour cannot be written."""
    with pytest.raises(ValueError, match="there is no trace"):
        write(Result("status_quo", SYSTEM, violated(CAN_RUN, None)))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(results())
def test_random_traces_read_back_or_are_refused(result: Result) -> None:
    """Any trace with printable names reads back as itself; with other names it is refused as nobody's trace."""
    try:
        text = write(result)
    except ValueError:
        assert result.verdict.trace is None
        return
    names = [*(variable.name for variable in result.system.variables), *result.system.without, result.proposal]
    names += [result.verdict.property.name, *(action.name for action in result.system.actions)]
    for variable in result.system.variables:
        names += variable.sort.members if isinstance(variable.sort, Enumeration) else ()
    names += [text for constant in result.system.constants for text in map(str, constant)]
    if all(name.isprintable() for name in names):
        witness = result.verdict.certificate
        expected = witness.trace if isinstance(witness, Witness) else result.verdict.trace
        assert expected == read(text.encode()).trace(result.system)
    else:
        assert code_of(text) in ("", "E703")


@pytest.mark.parametrize(
    ("data", "code", "line", "column", "says"),
    [
        (b"", "E702", 1, 1, "no JSON"),
        (b'{"a": 1,\n "b" 2}', "E702", 2, 6, "no JSON"),
        (b'{"a":\n\xff}', "E702", 2, 1, "not UTF-8"),
        (b'{"a": NaN}', "E702", 1, 1, "NaN"),
        (b'{"a": -Infinity}', "E702", 1, 1, "-Infinity"),
        (b'{"a": 1.5}', "E702", 1, 1, "no integer"),
        (b'{"a": 1, "a": 2}', "E702", 1, 1, "'a' stands twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", "E702", 1, 1, "digits"),
        (b"[" * 100_000, "E702", 1, 1, "nested"),
        (b'{"a":' * 100_000, "E702", 1, 1, "nested"),
        (b"[]", "E703", 1, 1, "no object"),
        (b"null", "E703", 1, 1, "no object"),
        (b"{}", "E703", 1, 1, "has no vars"),
        (b" " * (MAXIMUM_BYTES + 1), "E701", 1, 1, "larger"),
    ],
)
def test_what_is_no_trace_at_all(data: bytes, code: str, line: int, column: int, says: str) -> None:
    """Broken, huge and deep input is refused with a code, and with its place where that is known."""
    found = refused(data)
    assert (code, line, column) == found[:3]
    assert says in found[3]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda found: found.pop("#meta"), "E704", "has no #meta"),
        (lambda found: found["#meta"].pop("proposal"), "E704", "has no proposal"),
        (lambda found: found["#meta"].update(kind="magic"), "E704", "kind is 'magic'"),
        (lambda found: found["#meta"].update(verdict="open"), "E704", "verdict is 'open'"),
        (lambda found: found["#meta"].update(devices="1"), "E703", "no value"),
        (lambda found: found["#meta"].update(devices=-1), "E704", "devices is -1"),
        (lambda found: found["#meta"].update(devices=True), "E703", "no value"),
        (lambda found: found["#meta"].update(constants=[]), "E703", "no object"),
        (lambda found: found["#meta"].update(without="host.error"), "E703", "no array"),
        (lambda found: found["#meta"].update(proposal="a\nb"), "E703", "no name"),
        (lambda found: found["#meta"].update(proposal="x" * 1001), "E703", "no name"),
        (lambda found: found["#meta"].update(proposal="\ud800"), "E703", "no name"),
        (lambda found: found.update(states=[]), "E703", "states, not 0"),
        (lambda found: found.update(states={}), "E703", "no array"),
        (lambda found: found["vars"].append("phase"), "E703", "twice"),
        (lambda found: found["vars"].append("ghost"), "E703", "'ghost' is missing"),
        (lambda found: found["states"][1].pop("phase"), "E703", "states[1]: the variable 'phase'"),
        (lambda found: found["states"][1].update(ghost=True), "E703", "states[1]: the variable 'ghost'"),
        (lambda found: found["states"][1].update(phase=None), "E703", "None is no value"),
        (lambda found: found["states"][1].update(phase={"#set": []}), "E703", "no value"),
        (lambda found: found["states"][1].update(phase={"#bigint": "1e9"}), "E703", "no value"),
        (lambda found: found["states"][1].update(phase={"#bigint": "\u0661"}), "E703", "no value"),
        (lambda found: found["states"][1].update(phase={"#bigint": "1" * 101}), "E703", "no value"),
        (lambda found: found["states"][1].pop("mbt::actionTaken"), "E704", "has no mbt::actionTaken"),
        (lambda found: found.update(loop=3), "E703", "loop is 3"),
        (lambda found: found.update(loop=-1), "E703", "loop is -1"),
        (lambda found: found.update(loop="0"), "E703", "no value"),
        (lambda found: found.update(loop=0), "E704", "the last state differs"),
    ],
)
def test_what_has_not_the_shape_of_a_trace(change: Any, code: str, says: str) -> None:
    """Every part that is missing, of another type or out of range is named in the complaint."""
    found = spoiled(change)
    assert code == found[0]
    assert says in found[1]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["phase", "init"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["#meta", "vars", "states", "loop", "#bigint", "kind", "proposal", "mbt::actionTaken"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_hostile_input_is_refused_and_nothing_else(data: bytes) -> None:
    """No bytes make the reader raise anything but a complaint."""
    with pytest.raises(Rejected):
        read(data)


@settings(max_examples=150, deadline=None)
@given(JSON, st.data())
def test_a_trace_with_one_part_exchanged_is_read_or_refused(value: object, data: st.DataObject) -> None:
    """Whatever stands in whichever place of a good trace, it is read as a trace or refused."""
    document = json.loads(GOOD)
    part: Any = document
    for _ in range(data.draw(st.integers(0, 3))):
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[key], dict | list) or not part[key]:
            break
        part = part[key]
    key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
    part[key] = value
    assert code_of(json.dumps(document)) in ("", "E703", "E704")


def test_files_are_loaded(tmp_path: Path) -> None:
    """A file is read by its path; what is missing, a folder, a pipe or too large is refused without being read."""
    good = tmp_path / "good.itf.json"
    good.write_text(GOOD, encoding="ascii")
    assert read(GOOD) == load(good)
    pipe, large = tmp_path / "pipe", tmp_path / "large"
    os.mkfifo(pipe)
    with large.open("wb") as stream:
        stream.truncate(100 * MAXIMUM_BYTES)
    for path in (tmp_path / "missing", tmp_path, pipe, large, Path("a\0b")):
        with pytest.raises(Rejected) as caught:
            load(path)
        assert ["E701"] == [complaint.code for complaint in caught.value.complaints]


def test_the_format_is_registered() -> None:
    """ITF is found by its name."""
    assert "tdispmodel.exporting.itf:write" == FORMATS["itf"][0]
