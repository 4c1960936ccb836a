"""The venue's time: what is due when, and at which pace it comes."""
