"""The data that come with the package: read, described, and what they are compiled from."""
