"""The trials of sweeps: kept over a research's life, by whoever runs them, beside a server too."""
