"""What host apps decide by themselves: signed policies, their versions, and who applies them."""
