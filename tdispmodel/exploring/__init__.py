"""A model to be walked through by hand, as one HTML file without a network, or served to this machine.  Layer 6.

Given a proposal that was read; gives a page.  All that a page shows was computed here, by the reference semantics and
by judged verdicts; the script in it looks things up and draws.
"""
