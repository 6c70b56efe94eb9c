"""Rules about secrets, privacy and security."""
