"""What a venue says of itself while an account trades there: permits, its clock, its fees."""
