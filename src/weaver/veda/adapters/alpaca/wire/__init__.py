"""What goes over the wire: requests as Alpaca takes them, answers as tolerant readings of what it sends."""
