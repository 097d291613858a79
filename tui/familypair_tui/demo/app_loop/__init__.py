"""Loop as a real web app: feed, search, messages, posts, profile, live and gifts, for teens.

It shows how an app embeds Family Pairing. Every surface asks before it does anything; which one
asks what is a table (`surfaces`), and one guard asks (`guard`), so that no route can forget it.
Needs the extra `server`, which is loaded when the app starts.
"""


class AppError(Exception):
    """The app cannot run; the message says why."""
