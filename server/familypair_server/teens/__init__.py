"""The teens that a caller may see, and what each guardian sees of a teen."""
