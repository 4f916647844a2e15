"""What is in this field, and how do we know? Pure: names and values in, labels out."""
