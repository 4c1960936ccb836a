"""The account counted in integers: prices, cash, holdings, and every fill as rows and columns."""
