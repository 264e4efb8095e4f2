"""Persons, their accounts, honours and dated posts."""
