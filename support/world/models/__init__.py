"""Servers that behave like vLLM: what they answer and measure follows the deployment's settings and load."""
