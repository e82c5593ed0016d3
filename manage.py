#!/usr/bin/env python
"""Django's command line for Cact Inspector."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:  # Ctrl-C is no fault that needs a traceback, however early it comes
        sys.exit(130)
