"""Strategies as users write them, measured against the bare loop on as many bars: fast for everyone, or for one?"""
