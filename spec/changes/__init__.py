"""Compare two states of an OpenAPI document and of its client: `python -m changes`, or `make diff`."""
