"""What a capacity rests on: inputs checked and sourced, read and written."""
