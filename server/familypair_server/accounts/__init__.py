"""People: sign-up with the age screen, and everybody's own account."""
