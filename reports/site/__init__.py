"""The pages of the live service: one thing each, linked, of a size that does not grow with the system."""
