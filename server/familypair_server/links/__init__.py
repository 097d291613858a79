"""Links: what is active, what ends, what stays after the end, and the receipts of consent."""
