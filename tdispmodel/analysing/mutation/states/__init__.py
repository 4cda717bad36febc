"""States of a system and of its mutants as arrays: visited once, asked many times."""
