"""Use cases of the operator: a file becomes units, people, features or a base map."""
