"""Tables of labels as people save them: delimiters, encodings, and the meaning of their columns."""
