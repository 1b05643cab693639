"""What tinytorch costs: every row side by side with PyTorch, where it is installed, and with NumPy or CuPy."""
