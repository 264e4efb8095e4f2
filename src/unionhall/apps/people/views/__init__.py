"""Pages of people: signing in, and persons within reach."""
