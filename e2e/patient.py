"""``manage.py``, but a reply waits for what documents say of a typed answer for as long as it takes
to find: a machine that is busy finds it too late for a person's patience."""

import os
import sys

from django.core.management import execute_from_command_line

LONG = 60.0

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    # As in manage.py, before numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from interviews.conversation import probing

    probing.FIND_SECONDS = LONG
    execute_from_command_line(sys.argv)
