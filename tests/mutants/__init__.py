"""Mutation testing of the OpenAPI document: changes each part of it and checks that the tests detect the change.

Each mutant is a copy of the document with one change. A client is generated from it, and the checks of the unchanged
document run against that client and against a sandbox that uses the changed document.
"""
