"""Tables of labels: delimiters, encodings, and the meaning of columns."""
