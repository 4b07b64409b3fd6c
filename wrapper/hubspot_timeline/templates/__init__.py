"""Event templates: their tokens, and validation of events against them."""
