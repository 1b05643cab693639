"""Hooks, under PyTorch's name for their room."""
