"""The admin API and its page, under /_sandbox and without authentication: read what is stored, control the sandbox."""
