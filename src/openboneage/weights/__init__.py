"""The models that ship: their cards, their files, and the way to run them."""
