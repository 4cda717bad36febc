"""z3 reads the script of an invariant and must answer unsat to each of its obligations.

The text that z3 is given is the text that is written for other solvers.  That the facts about start states are not
impossible by themselves is asked as well: from the impossible everything follows.  Collections are sorts that have
nothing to do with each other, so a proof that needs as many devices of one as of another is not shown; nor is it wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from tdispmodel.ir.model import Property
from tdispmodel.judging.judgement import Refused, Undecided
from tdispmodel.judging.parametric.obligations import Obligation, Script
from tdispmodel.judging.parametric.places import collections

MILLISECONDS = 30_000
"""What one obligation may take."""


class Proven:
    """An invariant that was found to be true in every start state and kept by every action, however many instances
    there are.  Raises `Refused`.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self._context = z3.Context()
        self._told(f"(set-option :timeout {MILLISECONDS})\n{script.head()}")
        beginning = self._told(script.beginning().text)
        if beginning == "unsat":
            message = "there is no start state, so that the obligations say nothing"
            raise Refused(message)
        if beginning != "sat":
            message = f"the solver does not know whether there is a start state ({beginning})"
            raise Undecided(message)
        self._impossible(script.start())
        self._told(script.assumed())
        for obligation in script.kept():
            self._impossible(obligation)

    def implies(self, wanted: Sequence[Property]) -> None:
        """Check that the invariant implies all of the properties."""
        for obligation in self.script.implied(wanted):
            self._impossible(obligation)

    def _impossible(self, obligation: Obligation) -> None:
        answer = self._told(obligation.text)
        if answer == "sat" and len(collections(self.script.model)) > 1:
            message = f"not with each number of {' and '.join(collections(self.script.model))}: {obligation.what}"
            raise Undecided(message)
        if answer == "sat":
            raise Refused(obligation.what)
        if answer != "unsat":
            message = f"the solver does not know whether this is excluded: {obligation.what} ({answer})"
            raise Undecided(message)

    def _told(self, text: str) -> str:
        """Return what z3 says to a part of the script."""
        try:
            answer: str = z3.Z3_eval_smtlib2_string(self._context.ref(), text)
        except z3.Z3Exception as error:
            message = f"z3 does not read the obligation: {error}"
            raise Refused(message) from error
        return answer.strip()
