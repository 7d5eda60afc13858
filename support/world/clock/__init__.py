"""The world's time: frozen, and moved only when it is asked to."""
