"""The server's own process: its log and memory, what it does unasked, its end, the file that tells where it runs."""
