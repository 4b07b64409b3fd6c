"""What can be said of templates and of single events: the calls, and who makes them, in threads or coroutines."""
