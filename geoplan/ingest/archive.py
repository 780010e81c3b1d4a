"""Archives, judged before anything in them is unpacked; inside the sandbox."""

from __future__ import annotations

import zipfile
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.text import Text

ZIP_ENTRIES = 2_000
ZIP_BYTES = 1 << 30
ZIP_RATIO = 200
"""Unpacked ÷ packed, of a whole archive of more than 1 MB unpacked."""

_UTF8 = 0x800


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a zip after judging it: members, their sizes as they say, and the ratio.

    What the members say is enough: unpacking a member never gives more than it says.
    Raises GeoplanError `archive_damaged`, `archive_too_large` or `archive_encrypted`.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise damaged_archive() from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    bomb = unpacked > 1 << 20 and unpacked / min(packed, path.stat().st_size) > ZIP_RATIO
    if len(members) > ZIP_ENTRIES or unpacked > ZIP_BYTES or bomb:
        archive.close()
        raise GeoplanError(
            "archive_too_large",
            Text(
                f"压缩包含 {len(members)} 个文件，解压后 {unpacked >> 20} MB，超出限制",
                f"the archive holds {len(members)} files of {unpacked >> 20} MB, over the limit",
            ),
            Text(
                f"最多 {ZIP_ENTRIES} 个文件、{ZIP_BYTES >> 20} MB、压缩比 {ZIP_RATIO}",
                f"at most {ZIP_ENTRIES} files, {ZIP_BYTES >> 20} MB, ratio {ZIP_RATIO}",
            ),
        )
    if any(member.flag_bits & 0x1 for member in members):
        archive.close()
        raise GeoplanError(
            "archive_encrypted",
            Text("压缩包有密码", "the archive has a password"),
            Text("请取消密码后重新压缩", "pack it again without a password"),
        )
    return archive


def member_name(member: zipfile.ZipInfo) -> str:
    """A member's name as its maker saw it: Windows writes the bytes of its code page."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def damaged_archive() -> GeoplanError:
    """The refusal of an archive that cannot be opened."""
    return GeoplanError(
        "archive_damaged",
        Text("压缩包已损坏", "the archive is damaged"),
        Text("请重新压缩或重新导出", "pack or export it again"),
    )
