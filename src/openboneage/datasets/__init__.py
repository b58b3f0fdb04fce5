"""Data sets: films, labels, annotations and splits."""
