"""Seeds that go over a close, a night and an open: orders whose time is over, and shares that split."""
