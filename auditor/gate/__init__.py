"""The gate's files and commands: the state folder that a team keeps in its repository."""
