"""Supply against people: who can reach a doctor, and how a territory compares."""
