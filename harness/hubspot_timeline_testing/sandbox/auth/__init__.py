"""Authentication: accounts, their secrets and their scopes."""
