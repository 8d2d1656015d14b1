"""Everything known of one territory: its access, its capacity, where to open."""
