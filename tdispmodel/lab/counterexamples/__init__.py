"""A counterexample run on a kernel: the plan, the emulated TSM, the account, and a script for others."""
