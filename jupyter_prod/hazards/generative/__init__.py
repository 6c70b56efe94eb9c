"""Rules of group G: generative AI."""
