"""The gate: verdicts compared with what was expected and what was waived, in every channel of one run.  Layer 6.

`classifying` is a pure function of cells, entries and a date; `reading` and `updating` are the files, `baselines` an
earlier run; `running` makes cells of a report; `channels/` turns what came of it into one format each.  Prints nothing.
"""
