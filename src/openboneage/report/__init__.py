"""Reports: figure, text and table."""
