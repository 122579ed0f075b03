"""Files of inspections: read, mapped, taken in, and what failed handed back."""
