"""Instruments on a wire, and their simulators."""
