"""How fast the program is, and how much memory it takes, on the machine it runs on: `make bench`."""
