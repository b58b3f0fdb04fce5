"""The routes: one module for each group of pages, and the API."""
