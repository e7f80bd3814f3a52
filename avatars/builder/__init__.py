"""Builds the shipped interviewers from MakeHuman's CC0 data; see __main__.py."""
