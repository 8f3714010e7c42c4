"""What each table of a company must hold; reading and checking."""
