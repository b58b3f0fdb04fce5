"""Layouts of data sets on disk: one module per layout, and `recognise`, which detects and opens them."""
