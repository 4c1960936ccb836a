"""History of whom no account is needed: by libraries that are optional, and loaded where they are used."""
