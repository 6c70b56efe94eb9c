"""Rules about data: where rows come from and what they go through."""
