"""Everything that waits or sends: reading events, running deliveries in threads and coroutines."""
