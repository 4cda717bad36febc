"""Where the kernels of the lab come from: found by the machine's own apt, taken apart, modules built for them."""
