"""The engines: algorithms behind one protocol, a registry that imports them on use, a portfolio.  Layer 5."""
