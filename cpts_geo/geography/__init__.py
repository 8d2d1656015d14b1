"""Which communes make a territory, what is known of them, and what becomes of their codes."""
