"""What is there, what is missing, and the command that adds it: from the shell and on a page for admins."""
