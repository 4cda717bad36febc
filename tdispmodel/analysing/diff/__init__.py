"""Two models compared: what was written differently, and what one can do that the other cannot."""
