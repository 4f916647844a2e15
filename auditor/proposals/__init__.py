"""Proposed changes of what a team decided: written down and never applied."""
