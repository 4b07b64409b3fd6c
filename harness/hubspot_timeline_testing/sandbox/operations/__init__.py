"""The operations of the document, and the pipeline that every request to them passes through."""
