"""What series are computed with: TA-Lib's functions, and users' own, known again if they see their inputs only."""
