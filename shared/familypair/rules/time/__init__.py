"""Screen time, pure: use, balance, calendar, warnings, preview (product.md section 5)."""
