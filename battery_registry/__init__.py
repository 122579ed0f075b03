"""E-bike battery health registry."""

__version__ = "0.1.0"
