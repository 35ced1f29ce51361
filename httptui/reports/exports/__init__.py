"""What a report is written as: text for terminals, Markdown."""
