"""Frames of field instruments: bytes in, values out."""
