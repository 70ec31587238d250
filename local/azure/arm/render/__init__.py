"""Resources as ARM shows them: one module for each provider, pure functions of the world."""
