"""Files that leave the room: what a page says, in the form that a colleague's tool opens."""
