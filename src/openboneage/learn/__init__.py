"""The learning wing: networks, losses, training. The only part of the program, with `studies`, that imports torch."""
