"""Use as hosts report it: taken in, kept by day, read by whoever may (product.md section 5).

`service.take` takes a batch; `reads.use_of` and `uses_of` are a day's use for the balance and for
insight; `reads.weeks_of` is what remains for a year; `export` writes it as CSV.
"""
