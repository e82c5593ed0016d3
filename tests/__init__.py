"""One file for each page or behaviour; cases as data in cases/."""
