"""The pipeline in one place: read, ground, ask, judge.  Prints nothing.  Layer 6."""
