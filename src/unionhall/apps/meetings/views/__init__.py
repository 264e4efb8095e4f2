"""Pages of meetings and issues."""
