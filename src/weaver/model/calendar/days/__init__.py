"""What calendars are made of: wall clocks of zones, and the days off of exchanges."""
