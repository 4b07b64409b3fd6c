"""HTTP: what is read of a request, and how an answer leaves, whole or broken."""
