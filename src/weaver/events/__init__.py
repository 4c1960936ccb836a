"""The event log: what an event is, every type there is, and where events are kept and heard."""
