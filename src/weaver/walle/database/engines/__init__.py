"""The databases: SQLite and PostgreSQL, sessions on them, who owns them, what goes wrong with them."""
