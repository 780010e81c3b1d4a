"""Use cases of people at single features: change them, attach evidence, look back and restore."""
