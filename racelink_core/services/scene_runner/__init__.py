"""Runs scenes: networks side by side between barriers, watched, stopped and overtaken. Source: spec scenes, 15."""
