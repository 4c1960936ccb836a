"""A server in the background, begun where none runs."""
