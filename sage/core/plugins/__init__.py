"""What the host of plugins decides: what a manifest says, when to start again, who may come in, what is sent."""
