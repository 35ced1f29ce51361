"""Controls of the form, and lists."""
