"""Tools that hold clients, servers and documents to an OpenAPI document: strategies, a sandbox, contract checks."""
