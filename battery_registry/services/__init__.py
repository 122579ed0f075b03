"""Use cases: each changes the registry inside its caller's transaction."""
