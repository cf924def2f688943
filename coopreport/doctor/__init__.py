"""What the machine has of what the project needs. The standard library is enough to run it."""
