"""What an answer is worth, and when that may not be said: gates, evidence, judgement; no ORM."""
