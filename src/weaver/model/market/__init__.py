"""What is traded and what is known of it: symbols, instruments, bars, timeframes, corporate actions."""
