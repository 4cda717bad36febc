"""Whether logs of a running kernel are ones that a proposal can write, and which behaviour would have written them."""
