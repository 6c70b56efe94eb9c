"""Rules of group L: about linting itself."""
