"""Authentication: logins, API tokens, share passwords, the cookie that names a person."""
