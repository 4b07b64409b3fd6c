"""The page of a sandbox for a browser: records, requests, limits and faults."""
