"""Decisions for host apps over HTTP: the OpenID AuthZEN Authorization API 1.0 (section 11)."""
