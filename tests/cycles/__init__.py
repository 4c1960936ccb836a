"""Live runs started, traded and stopped again and again: what their server has is then what it had before."""
