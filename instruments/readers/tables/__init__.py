"""One table per vendor: what its text exports call things."""
