"""What ships for tests: the scripted model and fakes of every port. Nothing else imports it."""
