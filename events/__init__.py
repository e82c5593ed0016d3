"""What an event is, how it is judged, and the one way in."""
