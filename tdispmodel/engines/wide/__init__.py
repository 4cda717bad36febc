"""Breadth-first search over numbered parts, many states at once: what the engine `explicit` does with large spaces."""
