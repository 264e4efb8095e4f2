"""Unions, employers and the dated coverage that joins them. Knows no person."""
