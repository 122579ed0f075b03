"""Ours against its limit, side by side in one run.

Nothing of the service imports this package, and it is never installed.
"""
