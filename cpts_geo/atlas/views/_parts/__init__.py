"""Parts of views that take more than a section of a page."""
