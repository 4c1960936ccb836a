"""What an account holds and may do: positions, margin, costs."""
