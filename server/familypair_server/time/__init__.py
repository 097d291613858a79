"""The balance of a day: postings, gifts, codes, roll-over, and the views of them."""
