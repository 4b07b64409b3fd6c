"""Transport of batches and single requests over the generated client."""
