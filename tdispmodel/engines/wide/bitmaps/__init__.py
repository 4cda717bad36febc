"""Breadth-first search with a bit for every combination of local states: what `wide` goes over to where this pays."""
