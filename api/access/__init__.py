"""The door of the HTTP service: who gets in, and a trail of who asked what."""
