"""What is wrong with how a verification was asked for."""


class ContractUsageError(ValueError):
    """An option has a value that it cannot have, or the URL is one that nothing is sent to; nothing was sent."""
