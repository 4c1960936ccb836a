"""What paper and live runs have come to: results, trades, a day, a report, the sum of all."""
