"""What a sandbox remembers: its database, its rate window, its times."""
