"""Why the program said so: maps of what on the film carried the answer."""
