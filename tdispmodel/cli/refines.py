"""The verb ``refine``: whether every step of one model is a step or a stutter of another."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from tdispmodel.checking.loading import Loaded
from tdispmodel.checking.pipeline import known_engines, planned
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reading import read
from tdispmodel.reports.options import Options
from tdispmodel.semantics.grounding import default_constants


def refine(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether every step of FULL is one of ABSTRACT or none, and show the first that is neither."""
    from tdispmodel.analysing.refining import refine as refined  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.reports.refinement import document, render  # noqa: PLC0415  # as above

    arguments.proposals = [arguments.full]
    asked = request(arguments)
    known_engines(asked.engines)
    roots = (asked.catalogue.root,)
    reading = read(asked.paths()[0], roots)
    abstract = read(asked.catalogue.resolve(arguments.abstract), roots).model
    names = {known.name for component in abstract.components for known in component.variables}
    mapped = reading.mapping_from(arguments.map, names) if arguments.map else ()
    loaded = Loaded(reading.model, reading.base() or reading.model, ())
    plan = planned(loaded, asked)
    started = time.monotonic()
    reporter = Reporter(arguments.progress)
    try:
        found = refined(reading.model, abstract, mapped, plan, reporter)
    finally:
        reporter.close()
    found = replace(found, full=arguments.full, abstract=arguments.abstract)
    defaults = default_constants(reading.model, plan.devices)
    options = Options(defaults={reading.model.name: defaults}, seconds=time.monotonic() - started)
    output.write(document(found) if arguments.format == "json" else render(found, options))
    return found.exit
