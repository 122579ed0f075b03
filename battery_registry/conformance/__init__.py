"""The registry held against vectors from outside, and what came of it.

Each suite is a module with ``run(folder) -> Suite``; ``matrix`` lists them all.
"""
