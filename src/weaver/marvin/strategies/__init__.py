"""The strategies that come with Weaver; each is also an example of how to write one."""
