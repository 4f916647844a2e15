"""The engine inside Spark: the same readers and the same kernel in its tasks. Only this package imports pyspark."""
