"""Writes of contests, one noun per module. Each says who acts and when, and leaves an audit line."""
