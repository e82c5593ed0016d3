"""Turns an incoming event into a draft: the values of a database row, with verdict and findings."""
