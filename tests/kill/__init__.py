"""`kill -9` of the real server at random moments: what was acknowledged must be there afterwards."""
