"""The reading room: films, their assessments and reports in a web browser."""
