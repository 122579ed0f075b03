"""The read side: selects that return frozen records."""
