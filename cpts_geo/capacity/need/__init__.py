"""The need of a territory, what its surgeries meet of it, and what a device would receive."""
