"""Tables that a coordinator fills: blank, checked, beside what is published, never derived."""
