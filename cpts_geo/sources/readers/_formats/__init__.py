"""What readers share: bases, texts, workbooks, packed files of the producers."""
