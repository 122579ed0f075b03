"""The score: a measurement in, a verdict with all its reasons out. Pure."""
