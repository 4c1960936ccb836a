"""What new strategies begin with: each module is the text of one, read and never imported."""
