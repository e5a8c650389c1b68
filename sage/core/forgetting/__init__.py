"""What is to be forgotten, and what that takes along."""
