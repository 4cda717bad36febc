"""From a system to what engines run: packed states and generated successors, terms for z3, graphs.  Layer 4."""
