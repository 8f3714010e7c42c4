"""How customers are grouped: S1 on, the supporting questions."""
