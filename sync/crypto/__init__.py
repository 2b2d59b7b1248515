"""Encryption, composed from `cryptography`: import from the modules, each of which knows one thing."""
