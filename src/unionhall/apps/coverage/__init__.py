"""Which enterprises have a union, which do not, and what is being done about it (动态台账)."""
