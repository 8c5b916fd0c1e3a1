"""The whole configuration into one document and out of one, part by part."""
