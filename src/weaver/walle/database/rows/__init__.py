"""What is kept: tables, and reading and writing runs, their records and events."""
