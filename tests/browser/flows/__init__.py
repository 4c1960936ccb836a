"""What a trader does in the web app, from beginning to end."""
