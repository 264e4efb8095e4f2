"""The house put together: settings, URLs, wiring, the server and the `unionhall` command."""
