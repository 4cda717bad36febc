"""Logs as text to what they tell: the kernel log, uevents, ftrace; one file a format."""
