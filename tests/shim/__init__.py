"""The page-side script in a real Chromium."""
