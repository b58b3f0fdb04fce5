"""The report as one page of PDF."""
