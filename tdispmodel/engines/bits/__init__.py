"""Engines over bits and a SAT solver (python-sat): bounded search, and IC3.  Needs the extra ``symbolic``."""
