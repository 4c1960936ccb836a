"""What stands behind arguments and options: files by name, series, corporate actions."""
