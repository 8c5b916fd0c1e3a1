"""From a scene to its packets, and what they cost. Source: spec scenes, sections 11 to 16."""
