"""The rate limits of an account."""
