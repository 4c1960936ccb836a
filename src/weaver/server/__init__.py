"""What the root of the server fits together."""
