"""The states of a system as a graph, whole or as some of its variables show it: for eyes, and for the kernel."""
