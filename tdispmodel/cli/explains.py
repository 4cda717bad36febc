"""The verb ``explain``: what something is, who said what about it, and the verdicts that answer."""

from __future__ import annotations

import argparse

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.explaining import explanations
from tdispmodel.checking.topics import Known
from tdispmodel.cli.asker import Asker
from tdispmodel.cli.output import Output
from tdispmodel.reports.explanation import render


def explain(arguments: argparse.Namespace, output: Output) -> int:
    """Explain a statement, property, action, variable, constant, proposal or complaint."""
    ask = Asker(arguments)
    try:
        found = explanations(Known(find_catalogue()), arguments.topic, ask if arguments.verdicts else None)
    finally:
        ask.close()
    output.write("\n".join(render(explanation) for explanation in found))
    return ask.ended((asked.report for explanation in found for asked in explanation.verdicts), output)
