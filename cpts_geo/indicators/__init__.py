"""A territory beside its départements and France; sources side by side; densities smoothed."""
