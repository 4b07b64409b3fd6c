"""The rate limits of an account: a rolling window and a daily limit."""
