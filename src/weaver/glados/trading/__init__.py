"""Paper and live trading in the control plane: how what Veda trades is kept."""
