"""A kernel in QEMU: its initramfs, what is typed there, what the host does, and what is seen."""
