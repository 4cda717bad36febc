"""Certificates into files: ``DIR/<proposal>/<property>.json``, with models and sets of states beside them.

`Writer` is given a folder, and then a model, its questions under some constants and their judged verdicts; it writes a
certificate for each decided property.  A model or a set of states is a file named by its SHA-256, written once however
many certificates speak of it.  The same verdicts give the same bytes, in whatever order and by however many processes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tdispmodel import __version__
from tdispmodel.certifying import quantified
from tdispmodel.certifying.evidence import Evidence, NoEvidence, places_of
from tdispmodel.certifying.numbers import plain_states
from tdispmodel.certifying.plain import Plain, plain_model, plain_property, plain_value, text_of
from tdispmodel.checking.asking import Group
from tdispmodel.checking.mistakes import OUTPUT, mistake
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.options import EACH, in_words
from tdispmodel.semantics.families import Family
from tdispmodel.semantics.grounding import constants, default_constants, instances
from tdispmodel.verdict import Answer, InductiveInvariant, KInduction, QuantifiedInvariant, Verdict

CERTIFICATE_SCHEMA = "tdispmodel/certificate/1"
LONGEST_NAME = quantified.LONGEST_NAME


@dataclass(frozen=True)
class Writer:
    """Writes certificates into a folder.  Can be sent to other processes."""

    folder: Path

    def __call__(self, model: Model, group: Group, verdicts: Mapping[SystemProperty, Verdict]) -> tuple[str, ...]:
        """Write the certificates of a group of questions; return why decided properties have none.

        Raises `Rejected` when a file cannot be written.
        """
        system = group.system
        places = places_of(
            [
                (instance.name, [variable.name for variable in instance.component.variables])
                for instance in instances(model, system.devices)
            ]
        )
        evidence = Evidence(system, places, verdicts, lambda numbers: self._kept("states", plain_states(numbers)))
        model_name = self._kept("models", plain_model(model))
        missing = []
        for wanted, questions in group.questions.items():
            decided = shown_by(questions, verdicts)
            if not decided:
                continue
            try:
                found = [
                    (about, *evidence.of(question))
                    for about, question in _chosen(model, system, wanted, questions, decided)
                ]
            except NoEvidence as none:
                missing.append(f"{model.name}: no certificate for {wanted.name}: {none}")
                continue
            document = {
                "schema": CERTIFICATE_SCHEMA,
                "proposal": model.name,
                "property": plain_property(wanted),
                "verdict": verdicts[decided[0]].answer.value,
                "model": model_name,
                "instances": system.devices,
                "constants": _constants(model, system),
                "without": list(system.without),
                "engine": "+".join(sorted({verdicts[question].engine for question in decided})),
                "version": __version__,
                "evidence": _together(found),
            }
            name = file_name(model, system, wanted)
            self._write(self.folder / model.name / f"{name}.json", text_of(document).encode("ascii"))
            self._scripts(system, self.folder / model.name / name, decided, evidence)
        return tuple(missing)

    def of_any_number(self, family: Family, verdicts: Mapping[Property, Verdict]) -> tuple[str, ...]:
        """Write the certificates, and a script beside each, of what holds for any number of devices.

        Raises `Rejected` when a file cannot be written.
        """
        from tdispmodel.judging.parametric import smtlib  # noqa: PLC0415  # seldom needed

        model = family.original
        for wanted, verdict in verdicts.items():
            certificate = verdict.certificate
            if verdict.answer is not Answer.HOLDS or not isinstance(certificate, QuantifiedInvariant):
                continue
            found = {
                "schema": CERTIFICATE_SCHEMA,
                "proposal": model.name,
                "model": self._kept("models", plain_model(model)),
                "version": __version__,
                **quantified.document(family, wanted, verdict, certificate),
            }
            base = self.folder / model.name / quantified.file_name(family, wanted)
            self._write(base.with_name(f"{base.name}.json"), text_of(found).encode("ascii"))
            script = smtlib(model, wanted, certificate, family.chosen)
            self._write(base.with_name(f"{base.name}.smt2"), script.encode("ascii"))
        return ()

    def _kept(self, folder: str, document: Plain) -> str:
        """Write a document that is named by its hash; return the name."""
        content = text_of(document).encode("ascii")
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / folder / f"{digest}.json"
        if not path.exists():
            self._write(path, content)
        return digest

    def _scripts(self, system: System, path: Path, questions: Iterable[SystemProperty], evidence: Evidence) -> None:
        """Write what is inductive for other tools, too: a file for each invariant, which may be that of several
        instances.
        """
        together: dict[InductiveInvariant | KInduction, list[SystemProperty]] = {}
        for question in questions:
            if question in evidence.inductive:
                together.setdefault(evidence.inductive[question], []).append(question)
        if not together:
            return
        from tdispmodel.certifying.circuits import circuits  # noqa: PLC0415  # seldom needed
        from tdispmodel.certifying.smtlib import induction_text, invariant_text  # noqa: PLC0415  # z3 only when needed
        from tdispmodel.compiling.circuits.machine import TooWide  # noqa: PLC0415  # as above

        for number, (certificate, asked) in enumerate(together.items(), 1):
            base = path if len(together) == 1 else path.with_name(f"{path.name}.{number}")
            match certificate:
                case KInduction(length, lemma, simple_path):
                    text = induction_text(system, asked[0], length, lemma, simple_path=simple_path)
                case InductiveInvariant(invariant):
                    text = invariant_text(system, asked, invariant)
                    try:
                        model, witness = circuits(system, asked, invariant)
                    except TooWide:
                        pass
                    else:
                        self._write(base.with_name(f"{base.name}.model.aig"), model)
                        self._write(base.with_name(f"{base.name}.witness.aig"), witness)
            self._write(base.with_name(f"{base.name}.smt2"), text.encode("ascii"))

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file so that nobody ever sees a part of it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{os.getpid()}.part")
            part.write_bytes(content)
            part.replace(path)
        except OSError as problem:
            raise mistake(OUTPUT, f"cannot write {path}: {problem.strerror or problem}") from None


def shown_by(
    questions: Iterable[SystemProperty], verdicts: Mapping[SystemProperty, Verdict]
) -> tuple[SystemProperty, ...]:
    """Return the questions whose evidence shows the verdict on a property: a violated one, or all of them; none when
    the property is open.
    """
    known = [(question, verdicts.get(question)) for question in questions]
    violated = [
        (question, verdict) for question, verdict in known if verdict is not None and verdict.answer is Answer.VIOLATED
    ]
    if violated:
        return (min(violated, key=lambda pair: -1 if pair[1].trace is None else len(pair[1].trace))[0],)
    if all(verdict is not None and verdict.answer is Answer.HOLDS for _, verdict in known):
        return tuple(question for question, _ in known)
    return ()


def _chosen(
    model: Model,
    system: System,
    wanted: Property,
    questions: Iterable[SystemProperty],
    decided: tuple[SystemProperty, ...],
) -> list[tuple[tuple[str, ...], SystemProperty]]:
    """The decided questions with the instances that each is about."""
    kinds = (wanted.about, *(parameter.kind for parameter in wanted.parameters))
    known = instances(model, system.devices)
    about = product(*([one.name for one in known if kind in one.component.lineage] for kind in kinds))
    return [(names, question) for names, question in zip(about, questions, strict=True) if question in decided]


def _together(found: Iterable[tuple[tuple[str, ...], str, Plain]]) -> list[Plain]:
    """What shows the same for several instances is written once."""
    together: dict[tuple[str, str], tuple[list[Plain], str, Plain]] = {}
    for about, kind, proof in found:
        together.setdefault((kind, text_of(proof)), ([], kind, proof))[0].append(list(about))
    return [{"about": about, "kind": kind, "proof": proof} for about, kind, proof in together.values()]


def _constants(model: Model, system: System) -> dict[str, Plain]:
    known = constants(model, system.devices)
    return {name: plain_value(value, known[name].sort) for name, value in system.constants}


def file_name(model: Model, system: System, wanted: Property) -> str:
    """Return the name of a property's certificate, with what differs from the defaults:
    ``no_stale_bind@kernel=BEFORE_6_19``.  What the property itself gives is not told.
    """
    defaults = default_constants(model, system.devices)
    changed = {EACH.sub("", name) for name, value in system.constants if defaults[name] != value} - dict(
        wanted.given
    ).keys()
    words = in_words(system.constants)
    parts = [f"{name}={words[name]}" for name in sorted(changed)]
    parts += [f"without={name}" for name in system.without]
    parts += [f"devices={system.devices}"] if system.devices != 1 and not any("," in part for part in parts) else []
    suffix = ",".join(parts)
    if len(suffix) > LONGEST_NAME:
        suffix = hashlib.sha256(suffix.encode()).hexdigest()[:16]
    return f"{wanted.name}@{suffix}" if suffix else wanted.name
