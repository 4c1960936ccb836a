"""Where events are kept and heard: the port, the log in memory, subscriptions, offsets, retention."""
