"""Field-station instruments: files and devices in, readings out.

Runs at the station and knows nothing of the registry; the two share JSON only.
"""
