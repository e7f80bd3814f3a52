"""What is made of the answers: feedback, points named, levels, summaries, people's ratings."""
