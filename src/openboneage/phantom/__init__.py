"""Synthetic left hands with known truth: every bone, its stage, its outline."""
