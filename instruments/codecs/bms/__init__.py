"""What battery management systems say of their packs, family by family.

Everything here is the maker's claim and no measurement: `BmsClaim.method` says
so wherever a value goes.
"""
