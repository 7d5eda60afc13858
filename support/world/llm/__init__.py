"""A language model's endpoint, deterministic."""
