"""Peers, each in a virtual environment and a process of its own; our code imports none of them."""
