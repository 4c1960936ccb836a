"""Whether bars can be believed: times, spacing, quality, splits that prices contradict."""
