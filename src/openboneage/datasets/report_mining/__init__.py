"""Bone ages out of the text of radiology reports."""
