"""The faces of httptui: the command and the Textual app."""
