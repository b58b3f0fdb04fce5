"""Studies: one file per paper or shipped model, to be read from top to bottom."""
