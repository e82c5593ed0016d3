// Shows verdicts in the page.
void 0;
