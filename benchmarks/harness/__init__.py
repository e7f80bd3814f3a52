"""The candidate's side of a conversation: microphone, loudspeaker, and a note of what happened."""
