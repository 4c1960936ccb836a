"""What is shown: tables, series, summaries, progress; and where a result is written."""
