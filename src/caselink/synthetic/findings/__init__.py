"""What caseworkers could be shown: findings planted or arisen, and innocent look-alikes, with the truth."""
