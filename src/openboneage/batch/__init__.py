"""Many films: executors, resumable tables, figures."""
