"""The lab: unmodified kernels of Debian in QEMU, and what the model says beside what they do.

`packages` finds kernels, `initramfs` and `guest` make what they boot, `machine` runs them; `operations` says what each
step of the model is there, `observing` what can be seen, `reproducing` runs a counterexample, `script` writes it down
for others, `planning` makes sequences of the model's steps, and `conforming` runs them and compares.
"""
