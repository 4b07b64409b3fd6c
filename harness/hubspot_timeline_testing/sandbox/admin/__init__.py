"""What the sandbox has beside the service, under /_sandbox and without a token: to look into it, and to steer it."""
