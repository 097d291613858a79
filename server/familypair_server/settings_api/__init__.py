"""Layers over HTTP: read and write my own, preview, undo, and what holds with its reasons."""
