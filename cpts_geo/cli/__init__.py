"""The command line: what an analyst types, in French, never a traceback."""
