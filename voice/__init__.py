"""The call: audio in, events out. Pure asyncio; imports no Django."""
