"""Real servers for tests: started on loopback, ended by their process id."""
