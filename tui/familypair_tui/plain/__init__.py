"""The plain commands: sentences, numbered questions and JSON, for scripts and screen readers."""
