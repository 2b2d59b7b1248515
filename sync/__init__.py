"""The sync protocol as a library (docs/protocol.md): import from the modules, each of which knows one thing."""
