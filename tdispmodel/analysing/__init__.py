"""Questions about many verdicts at once: what breaks a property, what a verdict rests on, what some steps allow.

Each asks `checking` again and again, so every single answer was judged.  Prints nothing.  Layer 6, above `checking`.
"""
