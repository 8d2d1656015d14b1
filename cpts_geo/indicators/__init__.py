"""A territory beside its départements, régions and France; sources side by side; densities smoothed."""
