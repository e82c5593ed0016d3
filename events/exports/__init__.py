"""Writes a recording as a file: for another inspector, a ticket, a spreadsheet, a browser or a pipeline."""
