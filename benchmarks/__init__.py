"""Latency of the product as a client meets it, beside the sequential design; ``make bench``."""
