"""What people say of features: taken in from everybody, settled by their units."""
