"""Judged verdicts to text: one renderer a file, no printing, at most 72 columns of plain ASCII.  Layer 5.

Given a `verdict.Report` and `Options`; gives text.  `formats.FORMATS` names the renderers of whole reports; `trace`,
`chart` and `listing` are asked for by commands of their own, `exits` says with which code a report ends.
"""
