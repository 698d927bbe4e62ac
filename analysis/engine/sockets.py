"""Where a kernel is talked to: private sockets, where the system has them."""

from __future__ import annotations

import os
import sys
import uuid

from jupyter_core.paths import jupyter_runtime_dir

# A socket's path has 107 characters at most, and Jupyter adds the number of a channel.
_LONGEST = 100


def socket_path() -> str:
    """A path for a kernel's sockets; "" where they can only be ports.

    Other users of a machine can listen to its loopback interface, but not to a socket
    in a folder that is not theirs. (macOS: temporary folders have too long names.)
    """
    if sys.platform != "linux":
        return ""
    path = os.path.join(jupyter_runtime_dir(), f"kernel-{uuid.uuid4().hex[:12]}")
    return path if len(os.fsencode(path)) <= _LONGEST else ""
