"""Lineage in the tool: tasks tell, where their team works on them, which milestone of which launch they serve."""
