"""What somebody gives a run beside its bars: funding rates, read; and what is assumed of symbols."""
