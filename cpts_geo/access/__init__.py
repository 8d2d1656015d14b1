"""Supply against people: who can reach a doctor, in how long, and what would change that."""
