"""What the reading page shows of a film: pixels, overlays, stages, reference hands. It knows nothing of the web server."""
