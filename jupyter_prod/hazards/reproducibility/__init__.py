"""Rules about what a second run would do differently."""
