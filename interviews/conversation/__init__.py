"""What is said next in an interview and why: the guide's rule, the interviewer's words and the
interpreter's, and what may be said at all. Pure: no ORM, no I/O; engines are handed in."""
