"""A language model that runs in other processes, on any number of machines.

``RemoteModel`` sends a request over the channel layer; whichever ``manage.py runworker inference``
is free offers to write it, and streams its deltas back. The messages, all through the layer:

=============  ==================  =========================================================
type           to                  carries
=============  ==================  =========================================================
request        ``inference``       request, reply_to, sent_at (seconds of the epoch), messages,
                                   max_tokens, temperature or schema
offer          the caller          request, worker (the worker's own channel)
accept         one worker          request
decline        any other worker    request; also stops a reply that is being written
delta          the caller          request, number (0, 1, 2 …), text
alive          the caller          request; the model is still thinking
done           the caller          request, number, uses (what it cost, ``voice.metering``)
failed         the caller          request, code, retryable
=============  ==================  =========================================================

The layer delivers at most once, so the deltas are numbered and every wait has an end.
"""

CHANNEL = "inference"
"""The channel on which every worker listens."""
ALIVE_EVERY = 0.3
"""Seconds between two signs of life of a worker whose model is still thinking."""
