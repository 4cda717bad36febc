"""Why a behaviour is as it is: what each step is needed for, and why something else could not happen instead."""
