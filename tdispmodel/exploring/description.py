"""A page's contents as plain data: what is said once (names, words, properties), and the columns of states and steps.

Given `Contents`; gives a document of JSON types and the columns as bytes, in the order in which `page/data.js` reads
them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from tdispmodel import __version__
from tdispmodel.exploring.book import Book
from tdispmodel.exploring.contents import Asked, Contents, shown_trace
from tdispmodel.exploring.space import Part, all_steps
from tdispmodel.ir.expressions import TRUE, Actor
from tdispmodel.ir.model import Kind, Variable
from tdispmodel.ir.sorts import Bounded, Sort, code_of, size
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.reports.chart import HEADS, ORDER
from tdispmodel.reports.naming import WHO, Names
from tdispmodel.reports.options import first_paragraph, in_words, value_text, word
from tdispmodel.reports.plain import ascii_only
from tdispmodel.semantics.grounding import default_constants, instances
from tdispmodel.source import Place
from tdispmodel.verdict import Answer, Result

SCHEMA = "tdispmodel/explorer/1"


class Description:
    """The contents of one page, described."""

    def __init__(self, contents: Contents, *, served: bool = False) -> None:
        self.contents = contents
        self.system = contents.system
        self.names = Names(self.system)
        self.book = Book(self.names)
        self.served = served
        self._files: dict[str, tuple[str, ...]] = {}
        self.actions = [self._action(action) for action in self.system.actions]
        self.properties = [self._property(known) for known in contents.asked]
        self.document = self._document()

    def _document(self) -> dict[str, Any]:
        contents, part = self.contents, self.contents.part
        described = {
            "variables": self._variables(),
            "actions": self.actions,
            "formulas": self.book.described(),
            "starts": [row(self.system, state) for state in part.starts],
        }
        return {
            "schema": SCHEMA,
            "tool": __version__,
            "hash": hashlib.sha256(dense(described)).hexdigest()[:8],
            "model": self._model(),
            "counts": {
                "states": len(part.states),
                "border": len(part.states) - len(part.looked_at),
                "transitions": part.transitions,
                "radius": part.radius,
            },
            "served": self.served,
            "actors": [{"key": actor.value, "who": WHO[actor], "head": HEADS[actor]} for actor in ORDER],
            "instances": self._instances(),
            **described,
            "starts": [part.number[state] for state in part.starts],
            "steps": [self.book.words(formula) for formula in self.book.of_steps],
            "properties": self.properties,
            "skipped": [{"code": left.code, "name": left.property, "reason": left.reason} for left in contents.skipped],
        }

    def _model(self) -> dict[str, Any]:
        model, scope = self.contents.loaded.model, self.contents.scope
        defaults = default_constants(model, scope.devices)
        changed = {name for name, value in self.system.constants if defaults.get(name) != value}
        return {
            "name": model.name,
            "claim": model.claim,
            "root": model.root,
            "devices": scope.devices,
            "constants": [
                {"name": name, "value": value_text(value), "changed": name in changed}
                for name, value in self.system.constants
            ],
            "without": list(scope.without),
        }

    def _instances(self) -> list[dict[str, Any]]:
        found = instances(self.contents.loaded.model, self.contents.scope.devices)
        return [
            {"name": known.name, "kind": known.component.name, "text": first_paragraph(known.component.text)}
            for known in found
        ]

    def _variables(self) -> list[dict[str, Any]]:
        found = instances(self.contents.loaded.model, self.contents.scope.devices)
        written = [(number, variable) for number, known in enumerate(found) for variable in known.component.variables]
        return [
            {
                "name": flat.name,
                "short": self.names.variable(flat.name),
                "instance": instance,
                "values": values_of(flat.sort),
                "low": flat.sort.low if isinstance(flat.sort, Bounded) else 0,
                "width": width(size(flat.sort)),
                "hidden": hidden(variable),
                "text": first_paragraph(variable.text),
            }
            for flat, (instance, variable) in zip(self.system.variables, written, strict=True)
        ]

    def _action(self, action: SystemAction) -> dict[str, Any]:
        template = action.template
        places = action.places or (template.place,) * len(action.guards)
        return {
            "name": action.name,
            "short": self.names.action(action.name),
            "actor": action.actor.value,
            "target": None if template.target is None else template.target.value,
            "promise": action.fairness.value,
            "text": first_paragraph(template.text),
            "source": template.source,
            "patched": template.patched,
            "place": placed(template.place),
            "guards": [
                {"place": placed(place), "line": self._line(place), "parts": self.book.conjuncts(guard)}
                for guard, place in zip(action.guards, places, strict=True)
                if guard != TRUE
            ],
        }

    def _line(self, place: Place) -> str:
        """Return the text that stands at a place; none where its file cannot be read."""
        if place.path not in self._files:
            self._files[place.path] = lines_of(place.path)
        lines = self._files[place.path]
        return " ".join(lines[place.line - 1].split()) if 0 < place.line <= len(lines) else ""

    def _property(self, known: Asked) -> dict[str, Any]:
        wanted = known.wanted
        return {
            "name": wanted.name,
            "code": wanted.code,
            "kind": wanted.kind.value,
            "text": first_paragraph(wanted.text),
            "source": wanted.source,
            "place": placed(wanted.place),
            "given": " ".join(f"{name}={value}" for name, value in in_words(wanted.given).items()),
            "questions": [
                self._question(question, about) for question, about in zip(known.questions, known.about, strict=True)
            ],
            **self._verdict(known.result),
            "path": self._path(known),
        }

    def _question(self, question: SystemProperty, about: str) -> dict[str, Any]:
        of_steps = question.kind is Kind.STEP or speaks_of_step(question.formula)
        premised = question.kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE)
        return {
            "about": ascii_only(about),
            "text": self.book.words(question.formula),
            "state": None if of_steps else self.book.state(question.formula),
            "parts": [] if of_steps else self.book.conjuncts(question.formula),
            "step": self.book.step(question.formula) if of_steps else None,
            "after": self.book.state(question.after) if premised else None,
        }

    def _verdict(self, result: Result | None) -> dict[str, Any]:
        if result is None:
            return {"answer": None, "word": "", "engine": "", "reason": "", "shortest": False}
        verdict = result.verdict
        reason = verdict.reason
        if verdict.answer is Answer.OPEN and verdict.bound is not None:
            reason = f"no violation within {verdict.bound} steps; {reason}".removesuffix("; ")
        return {
            "answer": verdict.answer.value,
            "word": word(verdict),
            "engine": verdict.engine,
            "reason": reason,
            "shortest": verdict.shortest,
        }

    def _path(self, known: Asked) -> dict[str, Any] | None:
        """Return the behaviour of a verdict as a start and indices of actions; None where it is of another system."""
        trace = shown_trace(known)
        if trace is None or not known.questions:
            return None
        index = {action.name: position for position, action in enumerate(self.system.actions)}
        start = self.contents.part.starts.index(trace.initial)
        return {"start": start, "actions": [index[name] for name, _ in trace.steps], "loop": trace.loop}

    def packed(self) -> bytes:
        """Return the document, its length before it, and the columns behind it."""
        document = dense(self.document)
        return len(document).to_bytes(4, "little") + document + self._columns(self.contents.part)

    def _columns(self, part: Part) -> bytes:
        found = bytearray()
        for position, variable in enumerate(self.system.variables):
            codes = (code_of(state[position], variable.sort) for state in part.states)
            found += numbers(codes, width(size(variable.sort)))
        for truths in self.book.truths(part.states):
            found += bits(truths)
        found += bits([state in part.looked_at for state in part.states])
        steps = list(all_steps(part))
        found += numbers((len(part.looked_at.get(state, ())) for state in part.states), 2)
        found += numbers((action for _, (action, _) in steps), 2)
        found += numbers((part.number[after] for _, (_, after) in steps), 4)
        taken = [(now, after, self.system.actions[action].name) for now, (action, after) in steps]
        for truths in self.book.step_truths(taken):
            found += bits(truths)
        return bytes(found)


def dense(document: Any) -> bytes:  # noqa: ANN401  # whatever JSON can say
    """Return a document as JSON without blanks."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def row(system: System, state: State) -> list[int]:
    """Return a state as the positions of its values."""
    return [code_of(value, variable.sort) for value, variable in zip(state, system.variables, strict=True)]


def width(count: int) -> int:
    """Return how many bytes the numbers below ``count`` take; the language has no more than 4,096 values in a sort."""
    return 1 if count <= 1 << 8 else 2


def numbers(values: Iterable[int], bytes_each: int) -> bytes:
    """Return numbers, the lowest byte first; those of several bytes byte by byte, which compresses better."""
    listed = b"".join(value.to_bytes(bytes_each, "little") for value in values)
    return b"".join(listed[place::bytes_each] for place in range(bytes_each))


def bits(truths: Sequence[bool]) -> bytes:
    """Return truth values, eight a byte, the first one lowest."""
    text = "".join("1" if truth else "0" for truth in reversed(truths))
    return int(text or "0", 2).to_bytes((len(truths) + 7) // 8, "little")


def values_of(sort: Sort) -> list[str] | None:
    """Return the words of the values of a sort; None for integers, which stand for themselves."""
    return None if isinstance(sort, Bounded) else [value_text(value) for value in sort.values]


def hidden(variable: Variable) -> list[str]:
    """Return who cannot see a variable."""
    return [WHO[actor] for actor in Actor if actor in variable.hidden_from]


def placed(place: Place) -> str:
    """Return a place by its file's name: a page goes to other machines."""
    return f"{PurePath(place.path).name}:{place.line}"


def lines_of(path: str) -> tuple[str, ...]:
    """Return the lines of a model file, none where it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  # as the complaints of it would name it
            return tuple(file.read().splitlines())
    except (OSError, ValueError):
        return ()
