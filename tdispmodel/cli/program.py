"""One run of ``tdispmodel``: arguments to a verb, whatever goes wrong to a message and an exit code."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from types import FrameType

from tdispmodel.cli.arguments import VERBS, parse
from tdispmodel.cli.output import Output, open_streams

INPUT, FAULT, INTERRUPTED = 2, 70, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: that of the process) and return its exit code.  Never raises."""
    open_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    output = Output(json=asks_for_json(words))
    try:
        with ended_by_signal():
            return output.ended(command(words, output), INPUT)
    except KeyboardInterrupt:
        output.interrupted(INTERRUPTED)
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001  # whatever is left is a fault of ours, and has its own exit code
        return failed(fault, output)
    finally:
        output.close()


def command(words: list[str], output: Output) -> int:
    """Run one command.  Raises `Rejected` for the user's mistakes."""
    from tdispmodel.source import Rejected  # noqa: PLC0415  # `--help` needs it not

    try:
        parsed = parse(words)
        if isinstance(parsed, str):
            output.write(parsed)
            return 0
        verb = import_module(f"tdispmodel.cli.{VERBS[parsed.verb].module}")
        code: int = getattr(verb, VERBS[parsed.verb].function)(parsed, output)
    except Rejected as rejected:
        output.complain(rejected.complaints)
        return INPUT
    else:
        return int(code)


def failed(fault: Exception, output: Output) -> int:
    """Tell that tdispmodel itself is wrong, and how; no verdict is shown."""
    from tdispmodel.checking.mistakes import OWN_FAULT, OurFault  # noqa: PLC0415  # seldom needed

    told = str(fault) if isinstance(fault, OurFault) else ""
    if not told:
        import traceback  # noqa: PLC0415  # seldom needed

        told = traceback.format_exc()
    output.fault(OWN_FAULT, told)
    return FAULT


def asks_for_json(words: Sequence[str]) -> bool:
    """Whether the words ask for JSON on stdout, even if they make no sense otherwise."""
    wanted = False
    for position, word in enumerate(words):
        if word == "--format" and position + 1 < len(words):
            wanted = words[position + 1] == "json"
        elif word.startswith("--format="):
            wanted = word == "--format=json"
        elif word == "--json":
            wanted = True
    return wanted


class ended_by_signal:  # noqa: N801  # read as a word in the with statement
    """While it lasts, a request to terminate ends the run as an interrupt does: cleanly, leaving no process behind."""

    def __enter__(self) -> None:
        self.old = None
        if threading.current_thread() is threading.main_thread():
            self.old = signal.signal(signal.SIGTERM, self.interrupt)

    def __exit__(self, *_: object) -> None:
        if self.old is not None:
            signal.signal(signal.SIGTERM, self.old)

    @staticmethod
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        """Raise what the terminal's interrupt raises."""
        raise KeyboardInterrupt
