"""The wire format: what may come in, what goes out."""
