"""Counterexamples in the formats of other tools, and back.  Layer 5, a sibling of the reports.

`FORMATS` names what a result with a trace can be written as.
"""

FORMATS: dict[str, tuple[str, str]] = {
    "itf": (
        "tdispmodel.exporting.itf:write",
        "one counterexample as Informal Trace Format, for replay and other tools",
    ),
}
