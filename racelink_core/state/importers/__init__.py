"""Readers of what older RaceLink hosts stored. They take values and give domain models; nothing here writes."""
