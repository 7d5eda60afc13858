"""Observers that are judged afterwards: users' traffic, a savings oracle, and the proof that a fleet is as it was."""
