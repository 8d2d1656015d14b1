"""What a call log says of a line, and what of it may leave."""
