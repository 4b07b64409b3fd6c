"""Compare documents and their clients with another revision, or with the vendor's: `make diff`, `make upstream`."""
