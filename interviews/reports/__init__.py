"""What an interview showed, to be read: pages, PDF, export, and how model and people compare."""
