"""Counterexamples as ITF, the Informal Trace Format of Apalache and Quint: written, and read back from anybody.

`write` is given a result with a trace and gives deterministic text: sorted keys, no time, no path.  `read` is given
bytes that may be hostile and gives a `StoredTrace`, or raises `Rejected`; it decides only that the text has the shape
of a trace, whether the trace is real is for the judge.

Integers are written as ``{"#bigint": "1"}``, members of enums as strings.  ``loop`` is the index of the state that the
last state returns to; the last state is written too and equals it.  Each state's ``mbt::actionTaken`` names the action
that led to it (``init`` for the first), and its ``#meta`` the actor.  Format: Apalache, ADR 015 (trace format).
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tdispmodel import __version__
from tdispmodel.ir.expressions import Boolean, Bounded, Enumeration, Sort, Value
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System
from tdispmodel.source import Complaint, Place, Rejected
from tdispmodel.verdict import Answer, Result, Trace, Witness

MAXIMUM_BYTES = 8 * 1024 * 1024
MAXIMUM_STATES = 100_000
MAXIMUM_VARIABLES = 10_000
LONGEST_NAME = 1000
LONGEST_INTEGER = 100
DIGITS = re.compile(rf"-?[0-9]{{1,{LONGEST_INTEGER}}}", re.ASCII)
ACTION = "mbt::actionTaken"
INIT = "init"

CANNOT_READ = "E701"
NOT_JSON = "E702"
NOT_ITF = "E703"
NOT_OURS = "E704"

KINDS = frozenset(kind.value for kind in Kind)
ANSWERS = frozenset({Answer.VIOLATED.value, Answer.HOLDS.value})


@dataclass(frozen=True)
class StoredTrace:
    """A counterexample (or a witness, then ``verdict`` is ``holds``) as a file says it is; nothing of it is checked
    against a model.  ``steps`` has for each step the action instance and the state it leads to.
    """

    proposal: str
    property: str
    code: str
    kind: str
    devices: int
    constants: Mapping[str, Value]
    without: tuple[str, ...]
    initial: Mapping[str, Value]
    steps: tuple[tuple[str, Mapping[str, Value]], ...]
    loop: int | None = None
    verdict: str = Answer.VIOLATED.value

    def trace(self, system: System) -> Trace:
        """Return the trace as one of ``system``.  Raises KeyError when a variable of the system is missing."""

        def state(values: Mapping[str, Value]) -> State:
            return tuple(values[variable.name] for variable in system.variables)

        return Trace(state(self.initial), tuple((action, state(values)) for action, values in self.steps), self.loop)


# --- writing ---------------------------------------------------------------------------------------------------------


def write(result: Result) -> str:
    """Return the behaviour that ``result`` shows as ITF.  Raises ValueError when its verdict has none."""
    verdict, system = result.verdict, result.system
    trace = verdict.trace
    if trace is None and isinstance(verdict.certificate, Witness):
        trace = verdict.certificate.trace
    if trace is None:
        message = f"{result.proposal}, {verdict.property.name}: there is no trace to write"
        raise ValueError(message)
    states: list[dict[str, Any]] = [_written(system, trace.initial, 0, INIT)]
    states += [_written(system, state, index, action) for index, (action, state) in enumerate(trace.steps, 1)]
    document: dict[str, Any] = {
        "#meta": _meta(result),
        "params": [],
        "vars": sorted([*(variable.name for variable in system.variables), ACTION]),
        "states": states,
    }
    if trace.loop is not None:
        document["loop"] = trace.loop
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def _meta(result: Result) -> dict[str, Any]:
    verdict, system = result.verdict, result.system
    return {
        "format": "ITF",
        "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
        "description": f"tdispmodel: {verdict.property.name} of {result.proposal}",
        "source": result.proposal,
        "status": "violation" if verdict.answer is Answer.VIOLATED else "ok",
        "tool": {"name": "tdispmodel", "version": __version__},
        "proposal": result.proposal,
        "property": verdict.property.name,
        "code": verdict.property.code,
        "kind": verdict.property.kind.value,
        "verdict": verdict.answer.value,
        "devices": system.devices,
        "constants": {name: _value(value) for name, value in system.constants},
        "without": list(system.without),
        "varTypes": {
            **{variable.name: _type(variable.sort) for variable in system.variables},
            ACTION: "Str",
        },
    }


def _written(system: System, state: State, index: int, action: str) -> dict[str, Any]:
    found = system.by_name.get(action)
    meta: dict[str, Any] = {"index": index}
    if found is not None:
        meta["actor"] = found.actor.value
    values = {variable.name: _value(value) for variable, value in zip(system.variables, state, strict=True)}
    return {"#meta": meta, ACTION: action, **values}


def _value(value: Value) -> Any:  # noqa: ANN401  # JSON
    return {"#bigint": str(value)} if isinstance(value, int) and not isinstance(value, bool) else value


def _type(sort: Sort) -> str:
    match sort:
        case Boolean():
            return "Bool"
        case Bounded():
            return "Int"
        case Enumeration():
            return "Str"


# --- reading ---------------------------------------------------------------------------------------------------------


def load(path: Path) -> StoredTrace:
    """Return the trace in a file.  Raises `Rejected` when the file cannot be read, is too large or is no trace."""
    name = str(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            _refuse(CANNOT_READ, "this is not an ordinary file", Place(name))
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such path"
        raise Rejected([Complaint(CANNOT_READ, f"the file cannot be read: {reason}", Place(name))]) from None
    return read(data, name)


def read(data: bytes | str, path: str = "<trace>") -> StoredTrace:
    """Return the trace that ``data`` holds.  Raises `Rejected`, with line and column where they are known."""
    if len(data) > MAXIMUM_BYTES:
        _refuse(CANNOT_READ, f"the trace is larger than {MAXIMUM_BYTES} bytes", Place(path))
    document = _parsed(data, path)
    reader = _Reader(path)
    return reader.trace(document)


def _refuse(code: str, message: str, place: Place, hint: str = "") -> NoReturn:
    raise Rejected([Complaint(code, message, place, hint)])


class _Unwanted(ValueError):
    """JSON that Python would read but that no trace has."""


def _parsed(data: bytes | str, path: str) -> object:
    """Return the JSON value; what is no JSON, or too much for Python's reader, is refused."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        assert isinstance(data, bytes)  # noqa: S101  # only bytes are decoded
        before = data[: error.start].split(b"\n")
        _refuse(NOT_JSON, "the file is not UTF-8", Place(path, len(before), len(before[-1]) + 1))
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number_with_point,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        _refuse(NOT_JSON, f"this is no JSON: {error.msg}", Place(path, error.lineno, error.colno))
    except _Unwanted as error:
        _refuse(NOT_JSON, str(error), Place(path))
    except RecursionError:
        _refuse(NOT_JSON, "the JSON is nested too deeply", Place(path))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # set.add
        message = f"the key {_shown(twice)} stands twice in one object"
        raise _Unwanted(message)
    return found


def _constant(text: str) -> NoReturn:
    message = f"{text} is no value of a model"
    raise _Unwanted(message)


def _number_with_point(text: str) -> NoReturn:
    message = f"{_shown(text)} is no integer"
    raise _Unwanted(message)


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        message = f"an integer has more than {LONGEST_INTEGER} digits"
        raise _Unwanted(message)
    return int(text)


def _shown(value: object) -> str:
    """Return a value of a stranger for a message: short, in quotes, without control characters."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


class _Reader:
    """Reads one document; every method refuses what does not have the shape it wants."""

    def __init__(self, path: str) -> None:
        self.path = path

    def refuse(self, code: str, message: str, hint: str = "") -> NoReturn:
        _refuse(code, message, Place(self.path), hint)

    def trace(self, document: object) -> StoredTrace:
        """Return the trace of a whole document."""
        top = self.table(document, "the document")
        states = self.states(top)
        meta = self.table(self.member(top, "#meta", "the document", NOT_OURS), "#meta", NOT_OURS)
        initial, *rest = states
        loop = self.loop(top, states)
        return StoredTrace(
            proposal=self.name(self.member(meta, "proposal", "#meta", NOT_OURS), "#meta.proposal"),
            property=self.name(self.member(meta, "property", "#meta", NOT_OURS), "#meta.property"),
            code=self.name(meta.get("code", ""), "#meta.code", empty=True),
            kind=self.one_of(self.member(meta, "kind", "#meta", NOT_OURS), "#meta.kind", KINDS),
            verdict=self.one_of(meta.get("verdict", Answer.VIOLATED.value), "#meta.verdict", ANSWERS),
            devices=self.devices(self.member(meta, "devices", "#meta", NOT_OURS)),
            constants=self.values(self.table(meta.get("constants", {}), "#meta.constants"), "#meta.constants"),
            without=tuple(
                self.name(each, "#meta.without") for each in self.sequence(meta.get("without", []), "#meta.without")
            ),
            initial=initial[1],
            steps=tuple(rest),
            loop=loop,
        )

    def states(self, top: dict[str, object]) -> list[tuple[str, dict[str, Value]]]:
        """Return for each state the action that led to it and its values; all states have the variables of ``vars``."""
        names = [self.name(each, "vars") for each in self.sequence(self.member(top, "vars", "the document"), "vars")]
        if len(set(names)) != len(names):
            self.refuse(NOT_ITF, "vars names a variable twice")
        if len(names) > MAXIMUM_VARIABLES:
            self.refuse(NOT_ITF, f"there are more than {MAXIMUM_VARIABLES} variables")
        wanted = {name for name in names if not name.startswith("mbt::")}
        found = self.sequence(self.member(top, "states", "the document"), "states")
        if not 1 <= len(found) <= MAXIMUM_STATES:
            self.refuse(NOT_ITF, f"a trace has 1 to {MAXIMUM_STATES} states, not {len(found)}")
        states = []
        for index, state in enumerate(found):
            where = f"states[{index}]"
            table = self.table(state, where)
            values = {name: value for name, value in table.items() if name != "#meta" and not name.startswith("mbt::")}
            if values.keys() != wanted:
                strange = min(values.keys() ^ wanted)
                self.refuse(NOT_ITF, f"{where}: the variable {_shown(strange)} is missing or not in vars")
            action = self.name(self.member(table, ACTION, where, NOT_OURS), f"{where}.{ACTION}")
            states.append((action, self.values(values, where)))
        return states

    def loop(self, top: dict[str, object], states: list[tuple[str, dict[str, Value]]]) -> int | None:
        """Return the index that the last state returns to, None for a finite trace."""
        loop = top.get("loop")
        if loop is None:
            return None
        index = self.integer(loop, "loop")
        if not 0 <= index < len(states):
            self.refuse(NOT_ITF, f"loop is {_shown(index)}, but the states are 0 to {len(states) - 1}")
        if states[index][1] != states[-1][1]:
            hint = "tdispmodel writes the state that a loop returns to a second time, as the last one"
            self.refuse(NOT_OURS, f"the last state differs from state {index}, to which it returns", hint)
        return index

    def devices(self, value: object) -> int:
        number = self.integer(value, "#meta.devices")
        if not 0 <= number <= MAXIMUM_VARIABLES:
            self.refuse(NOT_OURS, f"#meta.devices is {_shown(number)}")
        return number

    def values(self, table: dict[str, object], where: str) -> dict[str, Value]:
        """Return the values of variables or constants by name."""
        return {self.name(name, where): self.value(value, f"{where}.{name}") for name, value in table.items()}

    def value(self, value: object, where: str) -> Value:
        """Return a value of a model: a truth value, an integer, or a member's name."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.name(value, where)
        return self.integer(value, where)

    def integer(self, value: object, where: str) -> int:
        """Return an integer, written plainly or as ``{"#bigint": "1"}``."""
        if isinstance(value, dict) and value.keys() == {"#bigint"}:
            digits = value["#bigint"]
            if isinstance(digits, str) and DIGITS.fullmatch(digits):
                return int(digits)
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(NOT_ITF, f"{_shown(where)}: {_shown(value)} is no value of a model")
        return value

    def name(self, value: object, where: str, *, empty: bool = False) -> str:
        """Return a name: printable text of bounded length."""
        if not isinstance(value, str) or not (value or empty) or len(value) > LONGEST_NAME or not value.isprintable():
            self.refuse(NOT_ITF, f"{_shown(where)}: {_shown(value)} is no name")
        return value

    def one_of(self, value: object, where: str, known: frozenset[str]) -> str:
        if not isinstance(value, str) or value not in known:
            self.refuse(NOT_OURS, f"{where} is {_shown(value)}", f"there is: {', '.join(sorted(known))}")
        return value

    def table(self, value: object, where: str, code: str = NOT_ITF) -> dict[str, object]:
        if not isinstance(value, dict):
            self.refuse(code, f"{where} is no object")
        return value

    def sequence(self, value: object, where: str) -> list[object]:
        if not isinstance(value, list):
            self.refuse(NOT_ITF, f"{where} is no array")
        return value

    def member(self, table: dict[str, object], key: str, where: str, code: str = NOT_ITF) -> object:
        if key not in table:
            hint = "only a trace that tdispmodel wrote can be read back" if code == NOT_OURS else ""
            self.refuse(code, f"{where} has no {key}", hint)
        return table[key]
