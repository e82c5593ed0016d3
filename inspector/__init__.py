"""The Django project: settings, server, pages and the live view."""
