"""Runs the clinic, drives it with made-up people, and writes down what happened: spans, schemas, ground truth."""
