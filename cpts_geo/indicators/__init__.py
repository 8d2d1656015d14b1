"""A territory beside what it lies in; sources side by side; densities smoothed."""
