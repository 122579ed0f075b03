"""``demo``: a simulated city, from the instruments' bytes to proven destruction."""
