"""Mistakes on the command line as complaints, and faults of our own as one exception.

Every code of the command line starts with E6; the place is ``<command line>`` where no file holds it.  The codes of
stored traces (E7) are given by what reads them.
"""

from __future__ import annotations

from collections.abc import Iterable

from tdispmodel.exporting.itf import CANNOT_READ, NOT_ITF, NOT_JSON, NOT_OURS
from tdispmodel.source import Complaint, Place, Rejected, did_you_mean

COMMAND_LINE = Place("<command line>")

TOO_MANY_STARTS = "E601"
USAGE = "E610"
UNKNOWN_PROPOSAL = "E611"
NO_CATALOGUE = "E612"
BAD_SELECTION = "E613"
BAD_DEVICES = "E614"
UNKNOWN_CONSTANT = "E615"
BAD_VALUE = "E616"
FIXED_CONSTANT = "E617"
UNKNOWN_CAPABILITY = "E618"
UNKNOWN_ENGINE = "E619"
UNKNOWN_PROPERTY = "E620"
LEAVES_RANGE = "E621"
STORED_TRACE = "E622"
OUTPUT = "E623"
STATEMENTS = "E624"
UNKNOWN_TOPIC = "E625"
UNMAPPED = "E628"
LITMUS = "E626"
UNKNOWN_STEP = "E627"
NO_START = "E629"
TOPOLOGY = "E630"
CHECKPOINT = "E631"
NO_CLUSTER = "E632"
MAIL = "E645"
EXPECTATIONS = "E640"
NO_LAB = "E650"
CONFORM = "E655"
OWN_FAULT = "E900"


CATALOGUE: dict[str, str] = {
    TOO_MANY_STARTS: "more combinations of start values than are tried",
    USAGE: "the command line makes no sense",
    UNKNOWN_PROPOSAL: "there is no such proposal",
    NO_CATALOGUE: "there is no catalogue",
    BAD_SELECTION: "the expression of -k cannot be read",
    BAD_DEVICES: "a check cannot have so many devices",
    UNKNOWN_CONSTANT: "there is no such constant",
    BAD_VALUE: "a constant has no such value",
    FIXED_CONSTANT: "the proposal fixes a constant that the command line sets",
    UNKNOWN_CAPABILITY: "there is no such capability to switch off",
    UNKNOWN_ENGINE: "there is no such engine, or it is not installed",
    UNKNOWN_PROPERTY: "there is no such property",
    NO_START: "no state satisfies every start condition of the model",
    LEAVES_RANGE: "an integer of the model can leave its range",
    STORED_TRACE: "a stored counterexample or the list of variants cannot be read or written",
    OUTPUT: "a file cannot be written",
    STATEMENTS: "the statements of the debate cannot be read",
    UNKNOWN_TOPIC: "there is nothing of this name to explain",
    UNMAPPED: "a variable of the smaller model has no value in the larger one",
    LITMUS: "a litmus file cannot be read",
    UNKNOWN_STEP: "a litmus file names a step that its proposal does not have",
    TOPOLOGY: "a topology file cannot be read, or does not fit the model",
    CHECKPOINT: "a checkpoint cannot be written, or not be gone on from",
    NO_CLUSTER: "there is no such cluster, or the package for it is not installed",
    MAIL: "a mail cannot be read",
    EXPECTATIONS: "a file of expectations, of waivers or a baseline cannot be read, or is about something else",
    NO_LAB: "there is no lab: QEMU or a kernel cannot be had",
    CONFORM: "a log cannot be read, or says what the model does not have",
    CANNOT_READ: "a stored trace cannot be read",
    NOT_JSON: "a stored trace is no JSON",
    NOT_ITF: "a stored trace is not in the Informal Trace Format",
    NOT_OURS: "a stored trace does not say of what it is one",
    OWN_FAULT: "a fault of tdispmodel itself",
}
"""What each code of this layer means."""


class OurFault(Exception):
    """tdispmodel itself is wrong: a judge refused a verdict, or engines contradict each other (exit code 70)."""


def mistake(code: str, message: str, hint: str = "", place: Place = COMMAND_LINE) -> Rejected:
    """Return the exception for one mistake of the user."""
    return Rejected([Complaint(code, message, place, hint)])


def unknown(code: str, what: str, name: str, known: Iterable[str]) -> Rejected:
    """Return the exception for a name that does not exist, with the nearest one that does."""
    return mistake(code, f"there is no {what} {shortened(name)}", did_you_mean(name, known))


def shortened(name: str, width: int = 60) -> str:
    """Return ``name`` fit to be shown: printable, and cut when it is long."""
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return shown if len(shown) <= width else shown[: width - 3] + "..."
