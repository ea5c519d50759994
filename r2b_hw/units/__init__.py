"""Kinds of hardware unit, one module a kind; ``registry`` finds them."""
