"""Browser tests: a real Chromium talks with a real server on its real engines."""
