"""What is meant by a written name: among zones and CPTS, and among every place of France."""
