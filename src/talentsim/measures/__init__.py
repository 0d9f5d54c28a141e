"""What one run shows: observers, indicators and stay rates."""
