"""The exchange's sockets: updates of orders, and market data as it becomes public."""
