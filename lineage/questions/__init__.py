"""Questions that a finished audit answers, one a file. Pure: an audit and a name in, a frozen answer out."""
