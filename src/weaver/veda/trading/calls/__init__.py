"""What a venue is asked to do, and what becomes of the answers. An answer that never came is looked up."""
