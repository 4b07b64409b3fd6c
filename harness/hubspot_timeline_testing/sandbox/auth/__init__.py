"""Who is let in, and how often: accounts, access tokens, rate limits."""
