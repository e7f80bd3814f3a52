"""Interview guides as documents: what a file holds, in and out of YAML, drafted by a model."""
