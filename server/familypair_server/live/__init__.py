"""The live stream: what happened, as soon as it is committed, to those who may see it."""
