"""The market: M1 to M7."""
