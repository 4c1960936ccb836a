"""Black box: the real server as a process, HTTP, the event stream, and nothing else."""
