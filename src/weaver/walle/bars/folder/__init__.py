"""One symbol's folder in the bar store: its record, its files, and their checksums."""
