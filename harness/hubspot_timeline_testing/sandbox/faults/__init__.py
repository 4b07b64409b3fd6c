"""Ways to misbehave: which there are, and which requests they meet."""
