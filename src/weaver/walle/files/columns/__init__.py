"""What a file's columns say: which is which, times, symbols and numbers."""
