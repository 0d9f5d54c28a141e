"""The submodels, one a module: `step(world, year)` changes the world by one decision. None imports another.

Each states READS and WRITES, the parts of the world it looks at and changes.
"""
