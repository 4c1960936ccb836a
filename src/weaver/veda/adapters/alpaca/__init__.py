"""Alpaca: its account, orders, history and streams, by the official SDK and websockets."""
