"""Answers about any number of devices: proofs for all of them at once, and the least number that a bug needs."""
