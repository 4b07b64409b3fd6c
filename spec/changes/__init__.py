"""What a change of the document means for those who call the client: `python -m changes`, or `make diff`."""
