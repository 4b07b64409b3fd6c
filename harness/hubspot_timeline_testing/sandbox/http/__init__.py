"""HTTP: routing and reading requests, building and sending responses."""
