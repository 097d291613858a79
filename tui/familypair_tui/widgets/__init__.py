"""Widgets draw what they are given; none of them does input or output."""
