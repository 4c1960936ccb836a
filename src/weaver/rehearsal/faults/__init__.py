"""What goes wrong on purpose: the faults that were asked for, and where they strike."""
