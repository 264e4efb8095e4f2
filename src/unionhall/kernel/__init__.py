"""What every capability stands on: time, identifiers, audit, permissions, imports, the live bus."""
