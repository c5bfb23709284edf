"""One module a step; a step once given to others never changes."""
