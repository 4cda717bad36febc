"""Small changes of a model that restore a property and keep the others."""
