"""Contests scored live by weighted juries: from the rule book to the board read out."""
