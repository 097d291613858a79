"""Word packs of the operator, beside those that ship with the project."""
