"""What the office sees: the same pure screens as the members' ones, for those who run the installation."""
