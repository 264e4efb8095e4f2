"""unionhall 工会堂, the platform of a trade-union federation."""
