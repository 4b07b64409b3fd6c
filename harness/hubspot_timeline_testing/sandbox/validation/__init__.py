"""What is taken and what is refused: JSON, the document, and the rules that stand in no document."""
