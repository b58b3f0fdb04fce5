"""Explanations: maps of the regions of the film that influence the estimate."""
