"""The effective calendar of a teen, and iCalendar files as drafts of exceptions."""
