"""``python -m tdispmodel`` is the command line."""

import sys

from tdispmodel.cli import main

if __name__ == "__main__":
    sys.exit(main())
