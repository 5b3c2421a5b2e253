"""What readers download: the package, the course for a machine without a network, the book as PDF and EPUB."""
