"""What a sandbox stores: events, records, templates, requests and access tokens, in one SQLite database."""
