"""Streams: sockets that are kept up, repaired after gaps, and watched for silence."""
