"""A run's inputs as they are recorded: as bytes and back, and fed to its strategy once more."""
