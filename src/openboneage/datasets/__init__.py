"""Public data sets: where the films, labels and drawings are, and which film belongs to which split."""
