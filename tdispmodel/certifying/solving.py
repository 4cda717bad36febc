"""SMT solvers, asked about scripts: z3, which is always there; cvc5 and bitwuzla where the extra ``smt`` is installed.

`answers` is given a solver and scripts and gives, for each, what the solver said.  Solvers work in processes of their
own, which are this module run as a program: one that crashes or takes too long ends its process only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

SOLVERS = ("z3", "cvc5", "bitwuzla")
WITH_QUANTIFIERS = frozenset({"z3", "cvc5"})
"""Who can be asked about any number of instances."""
EXTRA = "smt"
SECONDS = 120.0
"""How long a solver may be silent about a script."""

TOGETHER = 100
"""About how many scripts one process is asked, since it takes longer to start one than to answer."""

END = "end of script"

COMMANDS = frozenset({"(set-logic QF_BV)", "(set-logic UF)", "(push 1)", "(check-sat)", "(pop 1)", "(exit)"})
TERMS = ("(declare-const ", "(define-fun invariant () Bool ", "(assert ")
OVER_SORTS = ("(declare-sort |", "(declare-fun |", "(define-fun |", "(define-fun $")
"""What the lines of a script about any number of instances begin with, besides."""
QUOTED = re.compile(r"\|[^|\\]*\|")


def installed() -> tuple[str, ...]:
    """Return the solvers that are there."""
    return tuple(name for name in SOLVERS if find_spec(name) is not None)


def is_script(path: Path) -> bool:
    """Whether a file has obligations and nothing else, one command a line: solvers know commands that write files."""
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return all(line.startswith(";") or line in COMMANDS or _is_term(line) for line in lines)


def _is_term(line: str) -> bool:
    """Whether a line is one declaration, definition or assertion."""
    bare = QUOTED.sub("", line)
    depth = list(accumulate((letter == "(") - (letter == ")") for letter in bare))
    alone = bool(depth) and depth[-1] == 0 and min(depth[:-1], default=0) > 0
    return line.startswith(TERMS + OVER_SORTS) and alone and set(bare).isdisjoint('";|')


def answers(solver: str, scripts: Sequence[Path]) -> Iterator[list[str]]:
    """Yield for each script the words that the solver said; if it gave up, what happened is the last of them."""
    for begin in range(0, len(scripts), TOGETHER):
        left = list(scripts[begin : begin + TOGETHER])
        while left:
            found, why = _said(solver, left)
            yield from found
            left = left[len(found) :]
            if left:  # the solver ended in the midst of a script; the others are asked about in another process
                yield [why]
                left = left[1:]


def _said(solver: str, scripts: Sequence[Path]) -> tuple[list[list[str]], str]:
    """Return what a solver said of the first scripts, and why not of all."""
    program = [sys.executable, "-m", "tdispmodel.certifying.solving", solver, *map(str, scripts)]
    limit, why = SECONDS + len(scripts), ""
    try:
        ended = subprocess.run(program, capture_output=True, check=False, timeout=limit)  # noqa: S603  # our own program
        said, why = ended.stdout, f"no answer (exit code {ended.returncode})"
    except subprocess.TimeoutExpired as late:
        said, why = late.stdout or b"", f"no answer within {limit:g} s"
    *parts, _ = said.decode("ascii", "replace").split(END)
    return [part.split() for part in parts], why


def ask(solver: str, script: Path) -> None:
    """Have a solver print its answers to a script."""
    match solver:
        case "z3":
            import z3  # noqa: PLC0415  # one of several

            context = z3.Context()
            sys.stdout.write(z3.Z3_eval_smtlib2_string(context.ref(), script.read_text(encoding="ascii")))
        case "cvc5":
            import cvc5  # noqa: PLC0415  # one of several

            asked = cvc5.Solver(cvc5.TermManager())
            asked.setOption("incremental", "true")
            parser = cvc5.InputParser(asked)
            parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, str(script))
            symbols = parser.getSymbolManager()
            while not (command := parser.nextCommand()).isNull():
                sys.stdout.write(command.invoke(asked, symbols))
        case _:
            import bitwuzla  # noqa: PLC0415  # one of several

            bitwuzla.Parser(bitwuzla.TermManager(), bitwuzla.Options()).parse(str(script))


if __name__ == "__main__":
    for name in sys.argv[2:]:
        ask(sys.argv[1], Path(name))
        sys.stdout.write(f"\n{END}\n")
        sys.stdout.flush()
