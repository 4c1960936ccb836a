"""SQL: one way to rows and events, whichever database DB_URL names."""
