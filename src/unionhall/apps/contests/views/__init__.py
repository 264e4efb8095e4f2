"""Pages of contests: what officers arrange, the desk, the juror's phone, the hall screen, the results."""
