"""A family behind the client library's calls, for the tests of the terminal client."""
