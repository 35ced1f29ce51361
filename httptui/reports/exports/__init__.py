"""What a report is written as: text for terminals, Markdown, HTML, CSV, percentiles and Bencher's format."""
