"""How far readings can be believed: plausibility, digits, copies, drift, rates.

Nothing here changes a code. Each module looks for one way in which a reading or
a station can be wrong, and says how sure that is.
"""
