"""What the registry's own figures say of its stations and their readings.

Everything is counted by the database over one period of arrival; Python judges
the counts. Void inspections are left out where readings are looked at.
"""
