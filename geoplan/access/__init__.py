"""Who may act: accounts, passwords, sessions, tokens, single sign-on."""
