"""The command line: the only part that prints or exits.  Layer 7.

`main` is the whole of it: words in, exit code out; stdout is the result, stderr everything else.
"""

from tdispmodel.cli.program import main

__all__ = ["main"]
