"""What people are told outside of Weaver: events in words, limited, and sent to each channel through Apprise."""
