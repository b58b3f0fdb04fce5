"""The models: cards, roles, files, and running them."""
