"""Session replay: rrweb recordings of page loads, received and stored in bounded parts."""
