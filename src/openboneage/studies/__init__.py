"""Studies: one file a paper or a shipped model, read top to bottom."""
