"""Bones of the hand and wrist: found, outlined, measured, staged."""
