"""What a follow-up may rest on: documents split into passages, embedded and found again."""
