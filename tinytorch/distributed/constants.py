"""How long a process waits for others, as PyTorch says it: here there are none to wait for."""

import datetime

default_pg_timeout = datetime.timedelta(minutes=30)
