"""What goes over the wire: typed bodies of requests and responses, described for the OpenAPI document."""
