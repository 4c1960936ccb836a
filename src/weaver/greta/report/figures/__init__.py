"""What a report shows of a curve and its trades beyond the statistics: plain functions of columns."""
