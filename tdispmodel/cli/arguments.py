"""What can be written on the command line.  Imports nothing of tdispmodel that ``--help`` does not need."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tdispmodel import __version__
from tdispmodel.cli.parsing import GATE_NOTES, NOT_ASKED, Once, Parser, Verb, usage_error

FORMATS = ("text", "json", "html", "mail", "rst")
CHANNELS = ("text", "json", "sarif", "junit", "ktap", "github", "gitlab", "markdown", "rst", "mail", "b4")
"""The formats of ``gate``."""
DRAWN = ("svg", "mermaid")
MODELS = ("promela", "murphi", "aiger", "smtlib", "smv", "tla", "dot", "graphml", "rv", "itf")
VIEWS = ("dot", "svg")

EXIT_CODES = """\
exit codes:
    0  everything that was asked holds (matrix: every cell is decided)
    1  something is violated
    2  usage or input: a complaint says what and where
    3  something is open: not decided within the limits
    4  nothing was checked
   70  a fault of tdispmodel itself; no verdict is shown
  130  interrupted; what was decided until then is shown
  when several apply: 70, 2, 1, 3, 4, 0
"""

LISTS = (
    "proposals",
    "properties",
    "actions",
    "variables",
    "constants",
    "capabilities",
    "engines",
    "formats",
    "statements",
)


SHELLS = ("bash", "zsh", "tcsh")


def parse(words: Sequence[str]) -> argparse.Namespace | str:
    """Return the parsed arguments, with ``verb``, or the text that answers ``--help`` and ``--version``.

    Raises `Rejected` when the words make no sense.
    """
    first, rest = (words[0], list(words[1:])) if words else ("", [])
    if first in ("-h", "--help", "help"):
        return overview()
    if first == "--version":
        return f"tdispmodel {__version__}\n"
    if first not in VERBS:
        import difflib  # noqa: PLC0415  # seldom needed

        near = difflib.get_close_matches(first, VERBS, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        what = f"there is no command {first[:60]!r}" if first else "no command given"
        usage_error(what, f"{hint}commands: {', '.join(VERBS)}")
    parser = parser_of(first)
    if any(word in ("-h", "--help") for word in rest):
        return parser.format_help()
    parsed = parser.parse_intermixed_args(rest)
    parsed.verb = first
    return parsed


def parser_of(name: str) -> Parser:
    """Return the parser of one command."""
    verb = VERBS[name]
    parser = Parser(
        prog=f"tdispmodel {name}",
        description=verb.summary,
        epilog=verb.notes + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(**NOT_ASKED)
    verb.declare(parser)
    return parser


def overview() -> str:
    """Return the text of ``tdispmodel --help``."""
    lines = ["usage: tdispmodel COMMAND [ARGUMENTS]", ""]
    lines += ["A model checker for designs that decide when a driver may touch a TDISP device.", ""]
    lines.append("commands:")
    for name, verb in VERBS.items():
        lines += [f"  tdispmodel {name:10}{verb.usage}".rstrip(), f"      {verb.summary}"]
    lines += ["", "A PROPOSAL is a name of the catalogue or the path of a model file."]
    lines += ["Each command explains its options: tdispmodel check --help", "", EXIT_CODES]
    return "\n".join(lines)


def _proposals(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposals", nargs="*", metavar="PROPOSAL", help="name in the catalogue or path (default: all)")


def _scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n", "--devices", action=Once, type=int, metavar="N", help="number of devices, 1 to 16 (default: 1)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="settings",
        help="set a constant: kernel=BEFORE_6_19, devices[1].kind=PLAIN, devices.kind=TDISP,PLAIN",
    )
    parser.add_argument(
        "--topology", action=Once, metavar="FILE", help="TOML: a table [[devices]] with constants for each device"
    )
    parser.add_argument(
        "--without", action="append", default=[], metavar="ACTOR.ACTION", help="switch a capability off: host.error"
    )


def _asking(parser: argparse.ArgumentParser) -> None:
    _scope(parser)
    parser.add_argument(
        "--engine",
        action="append",
        default=[],
        metavar="NAME",
        help="ask this engine; several are joined (default: auto)",
    )
    parser.add_argument(
        "--paranoid", action="store_true", help="what holds must be said by two engines that share no code"
    )
    parser.add_argument("--timeout", metavar="TIME", help="for each proposal: 60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="for each proposal: 500M, 2G (default: 4G)")
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")


def _jobs(parser: argparse.ArgumentParser) -> None:
    words = "processes (default: one for each processor)"
    parser.add_argument("--jobs", type=int, default=None, metavar="N", help=words)


def _text_or_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of stdout")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")


def _formats(parser: argparse.ArgumentParser, formats: Sequence[str], default: str, more: str) -> None:
    parser.add_argument("--format", choices=formats, default=default, help=f"of stdout (default: {default})")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument("--output", action="append", default=[], metavar="FORMAT=FILE", dest="outputs", help=more)


def _report(parser: argparse.ArgumentParser, default: str) -> None:
    _formats(parser, FORMATS, default, "write a report to a file too")
    parser.add_argument("-v", "--verbose", action="store_true", help="engines, certificates, what was skipped and why")
    parser.add_argument("-q", "--quiet", action="store_true", help="nothing on stdout but what went wrong")


def _check(parser: argparse.ArgumentParser) -> None:
    _proposals(parser)
    parser.add_argument("-k", metavar="EXPR", default="", dest="select", help="properties: 'bind and not TDM101'")
    parser.add_argument(
        "--any-number", action="store_true", help="for every number of devices; what --set lists are then kinds"
    )
    _asking(parser)
    _jobs(parser)
    parser.add_argument("--certificates", metavar="DIR", help="write what shows each verdict, to be checked by others")
    parser.add_argument("--checkpoint", metavar="DIR", help="write down how far long searches are; go on from there")
    parser.add_argument("--cluster", metavar="ADDRESS", help="let a Ray cluster do it: local, auto or HOST:PORT")
    parser.add_argument("--no-vacuous", action="store_true", help="a property that holds vacuously counts as violated")
    _report(parser, "text")


def _check_awake(parser: argparse.ArgumentParser) -> None:
    _check(parser)
    parser.add_argument("--mutants", action="store_true", help=KILLS)


KILLS = "how many small changes of its model each property notices; takes some seconds for each proposal"


def _matrix(parser: argparse.ArgumentParser) -> None:
    _check(parser)
    parser.set_defaults(format="rst")


def _trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")
    parser.add_argument("property", metavar="PROPERTY", help="name or code")
    parser.add_argument("--full", action="store_true", help="show all variables of the first state")
    parser.add_argument("--chart", action="store_true", help="draw a message sequence chart too")
    parser.add_argument(
        "--why-not",
        action="append",
        default=[],
        metavar="ACTION@STEP",
        dest="why_not",
        help="why ACTION could not happen after STEP (0: at the start)",
    )
    parser.add_argument("--draw", choices=DRAWN, help="only the chart, as a picture or for Mermaid")
    _asking(parser)
    _report(parser, "text")


def _adversary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")
    parser.add_argument("property", metavar="PROPERTY", help="name or code")
    _asking(parser)
    _text_or_json(parser)


def _sweep(parser: argparse.ArgumentParser) -> None:
    _adversary(parser)
    _jobs(parser)


def _refine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("full", metavar="FULL", help="name in the catalogue or path")
    parser.add_argument("abstract", metavar="ABSTRACT", help="the smaller model: name or path")
    parser.add_argument("--map", metavar="FILE", help="what ABSTRACT's variables are (default: those of the same name)")
    _asking(parser)
    _text_or_json(parser)


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="name in the catalogue or path")
    parser.add_argument("second", metavar="B", help="name in the catalogue or path")
    parser.add_argument("-k", metavar="EXPR", default="", dest="select", help="compare only the verdicts on these")
    _asking(parser)
    _text_or_json(parser)


def _litmus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="litmus files (default: those of the catalogue)")
    parser.add_argument("--timeout", metavar="TIME", help="for each file: 60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="for each file: 500M, 2G (default: 4G)")
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")
    _text_or_json(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="the behaviours also of several files")


def _conform(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", metavar="LOG", help="kernel log, uevents or ftrace, as a file")
    parser.add_argument("--proposal", action=Once, metavar="PROPOSAL", help="name in the catalogue or path")
    _scope(parser)
    what = "a device in the log, in the model's order (default: the log's PCI devices)"
    parser.add_argument("--device", action="append", default=[], metavar="NAME[@PORT]", help=what)
    parser.add_argument("--driver", default="", metavar="NAME", help="the operating driver in the log")
    parser.add_argument("--prepare-driver", default="", metavar="NAME", help="the driver that only prepares")
    parser.add_argument("--complete", action="store_true", help="what the logs show once, they always show")
    parser.add_argument(
        "--skew", default="0.1", metavar="SECONDS", help="times of two logs that are this close say nothing"
    )
    parser.add_argument("--timeout", metavar="TIME", help="60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="500M, 2G (default: 4G)")
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of stdout")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument("-v", "--verbose", action="store_true", help="the behaviour, however long")


def _findings(parser: argparse.ArgumentParser) -> None:
    _proposals(parser)
    parser.add_argument("--timeout", metavar="TIME", help="for each question of a system: 60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="for each question of a system: 500M, 2G (default: 4G)")
    _jobs(parser)
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of stdout; text is Markdown")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")


def _mutants(parser: argparse.ArgumentParser) -> None:
    _proposals(parser)
    parser.add_argument("-k", metavar="EXPR", default="", dest="select", help="only these properties may notice")
    _scope(parser)
    parser.add_argument("--all-noticers", action="store_true", help="name every property that notices a mutant")
    parser.add_argument("--timeout", metavar="TIME", help="for each proposal: 60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="for each proposal: 500M, 2G (default: 4G)")
    _jobs(parser)
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")
    _text_or_json(parser)


def _gate(parser: argparse.ArgumentParser) -> None:
    _proposals(parser)
    parser.add_argument("-k", metavar="EXPR", default="", dest="select", help="properties: 'bind and not TDM101'")
    parser.add_argument(
        "--expectations", metavar="FILE", help="TOML: expected verdicts (default: expectations.toml, if it is there)"
    )
    parser.add_argument(
        "--waivers", metavar="FILE", help="TOML: what is excused, and why (default: waivers.toml, if it is there)"
    )
    parser.add_argument("--baseline", metavar="FILE", help="JSON of an earlier run: what it violates is known")
    parser.add_argument("--update", action="store_true", help="write the expectations anew; what is open stays open")
    parser.add_argument("--today", metavar="DATE", help="on which day waivers must be good: 2027-03-31")
    parser.add_argument("--no-vacuous", action="store_true", help="what holds vacuously must be expected to do so")
    parser.add_argument(
        "--any-number", action="store_true", help="for every number of devices; what --set lists are then kinds"
    )
    _asking(parser)
    _jobs(parser)
    _formats(parser, CHANNELS, "text", "write a report of the same run to a file too, as often as wanted")
    parser.add_argument("--mutants", action="store_true", help=KILLS)
    parser.add_argument(
        "--min-score", action=Once, type=int, metavar="PERCENT", help="so many mutants of each proposal must be noticed"
    )
    parser.add_argument("--sarif-all", action="store_true", help="SARIF also of what passes, is open, or is excused")
    parser.add_argument("--times", action="store_true", help="JSON and JUnit with times: never the same bytes twice")
    parser.add_argument("--stdin", action="store_true", help="read stdin to its end first, as checks of b4 must")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each verdict")
    parser.add_argument("-q", "--quiet", action="store_true", help="nothing on stdout but what went wrong")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")
    parser.add_argument("--to", choices=tuple(dict.fromkeys((*MODELS, *VIEWS))), required=True, help="the language")
    parser.add_argument(
        "--view", metavar="NAMES", help="with dot, svg, graphml and rv: variables or instances, commas between them"
    )
    parser.add_argument(
        "-k", metavar="EXPR", default="", dest="select", help="with these invariants and step properties"
    )
    _scope(parser)
    parser.add_argument("--changes", action="store_true", help="rv: note an action only when it changes what is seen")
    parser.add_argument("--depth", type=int, metavar="N", help="smtlib: at most so many steps (default: 10)")
    parser.add_argument("--timeout", metavar="TIME", help="60s, 5m (default: 5m)")
    parser.add_argument("--memory", metavar="SIZE", help="500M, 2G (default: 4G)")
    parser.add_argument("-o", metavar="FILE", dest="file", help="write to this file (default: stdout)")


def _explore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")
    parser.add_argument(
        "-o", metavar="FILE", dest="file", help="write to this file, - for stdout (default: PROPOSAL.html)"
    )
    parser.add_argument("--serve", action="store_true", help="serve it to this machine, and fetch what lies far away")
    parser.add_argument("--port", type=int, metavar="N", help="with --serve (default: any that is free)")
    parser.add_argument(
        "--states", type=int, metavar="N", help="room for so many states (default: 20000; with --serve 5000)"
    )
    parser.add_argument("--no-verdicts", action="store_false", dest="verdicts", help="ask no engine")
    _scope(parser)
    parser.add_argument("--timeout", metavar="TIME", help="for the verdicts: 60s, 5m (default: 60s)")
    parser.add_argument("--memory", metavar="SIZE", help="for the verdicts: 500M, 2G (default: 4G)")
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=LISTS, metavar="WHAT", help=", ".join(LISTS))
    parser.add_argument("proposal", nargs="?", metavar="PROPOSAL", help="of this proposal (default: of the base model)")
    parser.add_argument("--names", action="store_true", help="names alone, a line each")
    _text_or_json(parser)


def _reproduce(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")
    parser.add_argument("property", metavar="PROPERTY", help="name or code")
    parser.add_argument(
        "--on", choices=("6.12", "unstable"), default=None, help="Debian's kernel (default: by the constant kernel)"
    )
    parser.add_argument("--script", metavar="FILE", help="write a script for others, and run nothing")
    parser.add_argument("--log", metavar="FILE", help="write all that the kernel said")
    _text_or_json(parser)
    _asking(parser)


def _lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", choices=("6.12", "unstable"), default="6.12", help="Debian's kernel (default: 6.12)")
    parser.add_argument(
        "--driver",
        choices=("stock", "vfio", "virtio", "platform", "defers", "fails"),
        default="stock",
        help="a stock one, of PCI or of another bus, or ours (default: stock)",
    )
    parser.add_argument("--briefly", action="store_true", help="each attach path with autoprobe on and off, no more")
    parser.add_argument("--devices", type=int, choices=(1, 2), default=1, help="how many, of one driver (default: 1)")
    parser.add_argument(
        "--random", type=int, default=None, metavar="N", help="N random sequences, shrunk where they differ"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random sequences (default: 0)")
    _text_or_json(parser)


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="stored counterexamples (default: all)")
    parser.add_argument("--update", action="store_true", help="make them anew from the catalogue's matrix")
    _jobs(parser)
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")


def _certify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where check or matrix --certificates wrote them")
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")
    _text_or_json(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="what came of each certificate")


def _explain(parser: argparse.ArgumentParser) -> None:
    what = "statement number, property, action, variable, constant, proposal or code of a complaint"
    parser.add_argument("topic", metavar="TOPIC", help=what)
    _asker(parser)


def _reply(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a mail as a file, with or without headers; - for stdin")
    _asker(parser)


def _asker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-verdicts", action="store_false", dest="verdicts", help="ask no engine")
    parser.add_argument("--timeout", metavar="TIME", help="for each proposal: 60s, 5m (default: 60s)")
    _jobs(parser)
    parser.add_argument("--progress", choices=("auto", "plain", "never"), default="auto", help="on stderr")


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("proposal", metavar="PROPOSAL", help="name in the catalogue or path")


def _doctor(_parser: argparse.ArgumentParser) -> None:
    """It has no arguments."""


def _completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or tcsh")


VERBS = {
    "check": Verb("the verdict on each property", "[PROPOSAL ...] [-k EXPR]", "checks", "check", _check_awake),
    "matrix": Verb("proposals by properties", "[PROPOSAL ...] [-k EXPR]", "checks", "matrix", _matrix),
    "trace": Verb(
        "one counterexample",
        "PROPOSAL PROPERTY [--why-not ACTION@STEP] [--draw LANGUAGE]",
        "checks",
        "trace",
        _trace,
    ),
    "adversary": Verb(
        "which capabilities of the host break a property", "PROPOSAL PROPERTY", "analyses", "adversary", _adversary
    ),
    "sweep": Verb(
        "under which single constant or capability the verdict flips", "PROPOSAL PROPERTY", "analyses", "sweep", _sweep
    ),
    "mutants": Verb(
        "which small changes of a proposal no property notices",
        "[PROPOSAL ...] [-k EXPR]",
        "mutations",
        "mutants",
        _mutants,
    ),
    "refine": Verb(
        "is every step of a model one of a smaller model?", "FULL ABSTRACT [--map FILE]", "refines", "refine", _refine
    ),
    "diff": Verb("what two proposals say, do and keep differently", "A B [-k EXPR]", "diffs", "diff", _diff),
    "repair": Verb(
        "small changes that restore a property and keep the others",
        "PROPOSAL PROPERTY",
        "repairs",
        "repair",
        _adversary,
    ),
    "litmus": Verb("these steps, then this outcome: possible?", "[FILE ...]", "scenarios", "litmus", _litmus),
    "gate": Verb(
        "verdicts as expected, or waived with a reason?",
        "[PROPOSAL ...] [-k EXPR] [--update]",
        "gates",
        "gate",
        _gate,
        GATE_NOTES,
    ),
    "conform": Verb(
        "can the proposal have written these logs?", "LOG ... --proposal PROPOSAL", "conforms", "conform", _conform
    ),
    "findings": Verb("what the matrix and its variants say", "[PROPOSAL ...]", "findings", "findings", _findings),
    "export": Verb("the model for another model checker", "PROPOSAL --to LANGUAGE", "exports", "export", _export),
    "explore": Verb(
        "a page to walk through a model by hand", "PROPOSAL [-o FILE] [--serve]", "explores", "explore", _explore
    ),
    "list": Verb("what there is", "WHAT [PROPOSAL]", "listings", "listing", _list),
    "explain": Verb("what something is, and the verdicts that answer", "TOPIC", "explains", "explain", _explain),
    "reply": Verb("a mail answered, statement by statement", "FILE", "replies", "reply", _reply),
    "replay": Verb("are the stored counterexamples still real?", "[FILE ...] [--update]", "replays", "replay", _replay),
    "reproduce": Verb(
        "does a real kernel do what a counterexample says?", "PROPOSAL PROPERTY", "reproduces", "reproduce", _reproduce
    ),
    "lab": Verb(
        "is the device core of the model that of a real kernel?",
        "[--on KERNEL] [--random N]",
        "reproduces",
        "lab",
        _lab,
    ),
    "certify": Verb("certificates checked again, by others", "DIR", "certifies", "certify", _certify),
    "show": Verb("the model as it was read, and what it changed", "PROPOSAL", "listings", "show", _show),
    "doctor": Verb("what this machine has, and whether the engines work", "", "doctor", "doctor", _doctor),
    "completion": Verb("what a shell reads to complete commands", "SHELL", "doctor", "completion", _completion),
}
