"""Checks for the readers and codecs of plug-ins; ours are held to the same."""

from instruments.testing.codecs import check_codec
from instruments.testing.readers import check_reader

__all__ = ["check_codec", "check_reader"]
