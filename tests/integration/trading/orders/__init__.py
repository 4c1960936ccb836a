"""Single orders on an account, whose every message a test can hold back, lose or double."""
