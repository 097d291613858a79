"""Effective settings as feature flags over OFREP 0.3, the OpenFeature Remote Evaluation Protocol.

Read-only, POST only, one flag for each setting with a single value; see docs/webhooks.md.
"""
