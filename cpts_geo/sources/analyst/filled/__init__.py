"""Tables that a coordinator fills: their shape, in one table of data, and what reads them."""
