"""The trading requests, `/v2`: account, orders, positions, activities, clock, calendar, assets."""
