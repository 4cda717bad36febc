"""The verb ``explore``: a proposal as a page to walk through, in a file or served to this machine."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tdispmodel.checking.loading import load
from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.checking.pipeline import planned
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.exploring.contents import contents
from tdispmodel.exploring.description import Description
from tdispmodel.exploring.page import page
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.options import number_text

SECONDS = 60.0
"""The limit for the verdicts where no other is given: open is an answer."""
ROOM, SERVED_ROOM = 20_000, 5_000
"""For how many states there is room in a file, and in a page that fetches what lies further away."""
MOST_ROOM = 200_000
STDOUT = "-"


def explore(arguments: argparse.Namespace, output: Output) -> int:
    """Write the page to a file, or serve it until interrupted."""
    if arguments.serve and arguments.file is not None:
        raise mistake(USAGE, "--serve and -o: a page is served or written", "leave out one of them")
    if arguments.port is not None and not arguments.serve:
        raise mistake(USAGE, f"--port {arguments.port}: nothing is served", "add --serve")
    if arguments.port is not None and not 0 <= arguments.port <= 65535:
        raise mistake(USAGE, f"--port {arguments.port}: a port is 0 to 65535")
    room = arguments.states or (SERVED_ROOM if arguments.serve else ROOM)
    if not 1 <= room <= MOST_ROOM:
        raise mistake(USAGE, f"--states {room}: a page has room for 1 to {MOST_ROOM} states")
    description = described(arguments, room)
    if arguments.serve:
        return serve(description, arguments.port or 0, output)
    text = page(description)
    if arguments.file == STDOUT:
        output.write(text)
        return Exit.HOLDS
    file = arguments.file or f"{description.contents.loaded.model.name}.html"
    output.save(file, text)
    output.write(f"{file}: {summary(description)}, {(len(text) + 999) // 1000} kB, one file, works offline\n")
    return Exit.HOLDS


def described(arguments: argparse.Namespace, room: int) -> Description:
    """Return the description of the page that the arguments ask for.  Raises `Rejected` and `OurFault`."""
    arguments.proposals = [arguments.proposal]
    asked = request(arguments)
    if arguments.timeout is None:
        asked = replace(asked, seconds=SECONDS)
    loaded = load(asked.catalogue, asked.paths()[0])
    reporter = Reporter(arguments.progress)
    try:
        found = contents(loaded, planned(loaded, asked), room, verdicts=arguments.verdicts, progress=reporter)
    finally:
        reporter.close()
    return Description(found, served=arguments.serve)


def summary(description: Description) -> str:
    """Return what a page has: ``1 device, 2824 states, 31590 steps, all of them``."""
    part = description.contents.part
    whole = "all of them" if part.radius is None else f"those within {counted(part.radius, 'step')} of the start"
    devices = number_text(description.contents.scope.devices)
    return f"{devices}, {counted(len(part.states), 'state')}, {counted(part.transitions, 'step')}, {whole}"


def counted(number: int, what: str) -> str:
    """Return ``1 step``, ``2 steps``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def serve(description: Description, port: int, output: Output) -> int:
    """Serve the page until interrupted, which is how this ends."""
    from tdispmodel.exploring.serving import Server  # noqa: PLC0415  # only for this

    try:
        server = Server(description, port)
    except OSError as problem:
        raise mistake(
            USAGE, f"--port {port}: {problem.strerror or problem}", "leave it out to take a free one"
        ) from None
    with server:
        output.write(f"{server.url}\n")
        output.note(f"{summary(description)}; only this machine can open the address; interrupt to end")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return Exit.HOLDS
    return Exit.HOLDS
