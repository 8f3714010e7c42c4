"""Users: U1 to U6."""
