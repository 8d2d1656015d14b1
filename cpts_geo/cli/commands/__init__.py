"""The commands, one module a subject: what is typed, what is called, what is said."""
