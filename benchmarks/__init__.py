"""What the tool itself costs, printed as tables; nothing here is a test."""
