"""Mutation coverage: which small changes of a proposal its properties notice, and which they do not."""
