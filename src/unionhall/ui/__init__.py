"""Base templates, components, theme and vendored assets; knows no capability."""
