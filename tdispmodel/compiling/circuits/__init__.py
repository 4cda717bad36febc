"""Systems as and-inverter graphs: the circuit (`machine`), and the file that it is written to (`aiger`)."""
