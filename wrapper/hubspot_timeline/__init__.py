"""Send HubSpot timeline events in batches and account for every single one."""
