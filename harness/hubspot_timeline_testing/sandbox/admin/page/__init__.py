"""The page of a sandbox for people to look at: what was sent, what became of it, and switches for misbehaviour."""
