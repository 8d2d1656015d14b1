"""The only code that reads input files: producers' files, embedded data, analysts' lists."""
