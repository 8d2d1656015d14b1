"""What a notebook shows of a territory: the sections of its page, one at a time."""
