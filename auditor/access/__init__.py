"""Who may ask what: tokens, OIDC, rate limits, the trail of what was asked. No web framework."""
