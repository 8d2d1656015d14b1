"""Minutes by road on a user's OpenStreetMap extract."""
