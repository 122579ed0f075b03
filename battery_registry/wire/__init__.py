"""What comes over the wire: read strictly, checked once, for every face.

The API, the forms, the import and the command line all hand over the same
JSON; here it becomes values, or a refusal that names each field at fault.
"""
