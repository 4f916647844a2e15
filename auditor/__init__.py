"""The shell: files, databases, engines, configuration, command line."""
