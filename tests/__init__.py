"""The tests: one file for each page or behaviour; ``cases/`` holds cases as data."""
