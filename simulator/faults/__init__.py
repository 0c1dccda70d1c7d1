"""What can go wrong on request: what a fault is, which calls it strikes and what it does to them."""
