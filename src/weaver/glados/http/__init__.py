"""Between the socket and the handlers: connections, security, errors, uploads, the web app."""
