"""Paper runs on a server: in calm, and over what strategies, bars and venues do to them."""
