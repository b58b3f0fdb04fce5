"""Measurement of the program on films that it was not trained on."""
