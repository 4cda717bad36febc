"""The verb ``reply``: a mail printed back, with what the model says under each statement that it knows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tdispmodel.analysing.replying.mails import LARGEST_MAIL, mail_of, read_mail
from tdispmodel.analysing.replying.replies import reply as replied
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.topics import Known
from tdispmodel.cli.asker import Asker
from tdispmodel.cli.output import Output
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.reply import render

STDIN = "-"


def reply(arguments: argparse.Namespace, output: Output) -> int:
    """Answer a mail."""
    ask = Asker(arguments)
    try:
        if arguments.file == STDIN:
            mail = mail_of(sys.stdin.buffer.read(LARGEST_MAIL + 1), "<stdin>")
        else:
            mail = read_mail(Path(arguments.file))
        found = replied(mail, Known(find_catalogue()), ask if arguments.verdicts else None)
    finally:
        ask.close()
    output.write(render(found))
    code = ask.ended((asked.report for answer in found.answers for asked in answer.verdicts), output)
    if not found.answers:
        output.note("nothing was answered: no statement that the debate's map knows was found in the mail")
        return Exit.NOTHING
    return code
