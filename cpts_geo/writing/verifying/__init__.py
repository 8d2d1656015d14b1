"""A folder of results against its manifest: files, what they were made from, the same run again."""
