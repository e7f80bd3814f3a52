"""The demonstration: interviewers, guides, interviews and accounts that ``seed_demo`` makes."""

ACCOUNTS = [
    ("candidate", "candidate@example.com", "demo-candidate-1"),
    ("reviewer", "reviewer@example.com", "demo-reviewer-1"),
    ("admin", "admin@example.com", "demo-admin-1"),
]
"""(role, e-mail address, password). Published: never to be used where strangers can sign in."""

NAMES = {"candidate": "Alex Kim", "reviewer": "Robin Lee", "admin": "Sam Choi"}
"""By role; names that both languages' voices can say."""
