"""The conversations that every system has: who says what, how, where, and with which pauses."""
