"""Where the market's bars come from: files, or a seed."""
