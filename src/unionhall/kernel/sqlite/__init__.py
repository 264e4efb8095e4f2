"""Django's SQLite backend made safe for many writers (see base)."""
