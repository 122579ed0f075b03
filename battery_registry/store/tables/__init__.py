"""The schema, one module a subject."""
