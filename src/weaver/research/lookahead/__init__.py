"""The look-ahead check: does anything that a run decided depend on bars that had not closed?"""
