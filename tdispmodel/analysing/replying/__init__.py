"""A mail answered: what is quoted in it, which statements of the debate it makes, and the verdicts on them."""
