"""From a standard hand to a bone age: distribution, interval and assessment."""
