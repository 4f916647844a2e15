"""A small clinic: a portal, a patient service, a billing service, and an outside payment provider."""
