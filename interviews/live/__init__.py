"""The sockets: a live interview from its connection to its end, and live transcription."""
