"""News of exposures that nobody has approved: each is raised once, whatever happens to the process meanwhile."""
