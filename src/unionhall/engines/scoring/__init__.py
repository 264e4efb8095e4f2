"""Scores of a contest judged by weighted juries, exact to the last digit."""
