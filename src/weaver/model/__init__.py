"""What trading is: instruments, bars, orders, fill rules, costs, positions; pure values and rules."""
