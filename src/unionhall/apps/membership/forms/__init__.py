"""Forms of joining: the applicant's one page, and what officers fill in."""
