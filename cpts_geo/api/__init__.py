"""What an analyst starts from: a territory, and what may be asked of it."""
