"""What all lists share: pages, sorting, and how they become text."""
