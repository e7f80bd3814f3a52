"""How many hands-free calls a machine holds, and what one costs it."""
