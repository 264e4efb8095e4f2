"""Meetings, and what is raised there: each issue has an owner, a day, and a second person who closes it."""
