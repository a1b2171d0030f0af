"""Stories told over real HTTP and the real MongoDB."""
