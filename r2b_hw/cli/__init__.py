"""The command line: one module a subcommand, no logic of its own."""
