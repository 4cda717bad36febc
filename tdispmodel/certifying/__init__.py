"""Certificates: what a verdict rests on, as files that somebody else can check without tdispmodel.  Layer 6.

`plain` gives models and properties a form that needs nothing of tdispmodel; `evidence` turns a verdict into what shows
it; `writing` puts both into files; `standalone` is the checker, one file that imports nothing of tdispmodel.
docs/certificates.md has the formats.
"""
