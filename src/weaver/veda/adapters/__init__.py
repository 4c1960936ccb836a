"""Venues as plug-ins: each a folder, listed without running it, loaded when it is used."""
