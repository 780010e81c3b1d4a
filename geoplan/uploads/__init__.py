"""Use cases of staff files: receive, check, review, publish, take back."""
