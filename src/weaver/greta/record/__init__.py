"""What a run leaves behind: rows of tables, and the events that tell its story."""
