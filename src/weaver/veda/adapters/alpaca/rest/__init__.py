"""Requests: their turns, their threads, their time-outs, and the SDK that sends them."""
