"""What may leave of small areas: the gate, and what else to mask so that nothing comes back."""
