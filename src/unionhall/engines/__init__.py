"""Pure engines: they import nothing of ours and never Django."""
