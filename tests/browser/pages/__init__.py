"""Every page of the web app, on servers that have something to show: for its pictures, and for what holds of each."""
