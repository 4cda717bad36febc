"""The search over numbered parts cut into partitions, each in a process of its own, on one machine or on many."""
