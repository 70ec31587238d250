"""What can be observed about a pull, at either end. One module per end."""
