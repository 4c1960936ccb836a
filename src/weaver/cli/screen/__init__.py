"""What is shown: tables, summaries, progress."""
