"""Settings of the private server by the size of the machine. Durability is left on."""

from __future__ import annotations

import os
from pathlib import Path

_MB = 1024 * 1024


def configuration(port: int, socket_folder: Path) -> str:
    """Text of the server's configuration file.

    A quarter of the memory, at most 2 GB, for shared buffers: the whole city fits, and the rest
    serves the readers and the file cache. JIT is off: it costs more than these short queries take.
    """
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB
    shared = max(128, min(2048, memory_mb // 8))
    maintenance = max(64, min(512, memory_mb // 32))
    values = {
        "listen_addresses": "'127.0.0.1'",
        "port": port,
        "unix_socket_directories": f"'{str(socket_folder).replace(chr(39), chr(39) * 2)}'",
        "max_connections": 60,
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory_mb // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{maintenance}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": 1.1,
        "jit": "off",
        "idle_in_transaction_session_timeout": "'30min'",
        "log_timezone": "'UTC'",
        "timezone": "'Asia/Shanghai'",
        "password_encryption": "scram-sha-256",
    }
    lines = [f"{name} = {value}" for name, value in values.items()]
    return "# Written by geoplan at each start.\n" + "\n".join(lines) + "\n"
