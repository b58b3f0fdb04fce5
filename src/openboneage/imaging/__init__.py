"""From a file to an upright left hand: reading, standardizing, judging quality."""
