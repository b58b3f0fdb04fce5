"""How good the program is: figures on films that it never learned from."""
