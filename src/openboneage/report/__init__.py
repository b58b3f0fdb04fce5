"""What people and systems take away: figure, text, table."""
