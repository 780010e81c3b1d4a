"""What planners ask: progress against the targets."""
