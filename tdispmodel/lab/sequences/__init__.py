"""Sequences made of the model, run on a kernel and compared with what the model allows and what it says must follow."""
