"""Text or bytes to model and back. Nothing here opens a file."""
