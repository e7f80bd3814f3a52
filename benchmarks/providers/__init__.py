"""Hosted providers as a benchmark needs them: on loopback, in their wire format, at published
latencies, always right.

One process serves OpenAI's file transcription, its realtime transcription and its chat
completions, and ElevenLabs' speech over socket and HTTP. What a system under test gets from
them depends on nothing but its requests, so it is the same for every system.
"""
