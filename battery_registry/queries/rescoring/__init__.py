"""The whole registry under another rule set: read, judged, compared."""
