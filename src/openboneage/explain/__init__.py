"""Explanations: maps of the places on the film that the estimate depends on."""
