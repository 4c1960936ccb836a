"""Many runs of one strategy: what is varied, in which order it is tried, and what is best."""
