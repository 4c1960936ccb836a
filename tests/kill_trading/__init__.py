"""`kill -9` while it trades: a server, its deciders, and an owner that was paused, on both databases."""
