"""What every simulated bank shares."""
