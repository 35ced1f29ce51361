"""A report as one HTML file: printable, for light and dark, without a script, and open to nothing outside itself."""
