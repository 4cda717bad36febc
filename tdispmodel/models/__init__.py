"""The base models, in the modelling language.  They are read as text and never imported by the package."""
