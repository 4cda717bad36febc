"""What is said of a mutant, checked without whoever said it."""
