"""What a team says about its fields: in comments, data set files, words of its own and plug-ins."""
