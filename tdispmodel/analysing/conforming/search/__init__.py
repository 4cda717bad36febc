"""Which behaviours explain lines: sets of places after each of them, in every order that the logs allow."""
