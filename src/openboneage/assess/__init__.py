"""From a standard hand to a bone age: the distribution, its interval, and the value that reports are made of."""
