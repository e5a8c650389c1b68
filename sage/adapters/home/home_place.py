"""Where a home lies: on which file system, whether something else copies it about, and whether its disk is encrypted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

NETWORK = frozenset(
    "nfs nfs4 cifs smb smb2 smb3 smbfs afs afpfs ceph glusterfs lustre ncpfs 9p virtiofs vboxsf drvfs webdav davfs davfs2 "
    "sshfs rclone s3fs gvfsd-fuse vmhgfs-fuse goofys google-drive-ocamlfuse onedriver curlftpfs mfs beegfs orangefs ocfs2 "
    "gfs2".split()
)
"""File systems behind which another machine (or the host of a virtual one) writes too; `fuse.` before a name is left out."""
ENCRYPTED = frozenset(("ecryptfs", "gocryptfs", "encfs", "cryfs", "securefs"))
UNTOLD = frozenset(("overlay", "zfs", "tmpfs", "ramfs", "squashfs", "bcachefs"))
"""File systems of which the devices beneath are not to be seen, or that may encrypt by themselves."""

_SYNCED_NAMES = (
    ("Dropbox*", "Dropbox"),
    ("OneDrive*", "OneDrive"),
    ("Mobile Documents", "iCloud Drive"),
    ("CloudStorage", "a cloud service"),
    ("Google Drive*", "Google Drive"),
    ("GoogleDrive*", "Google Drive"),
    ("Nextcloud*", "Nextcloud"),
    ("ownCloud*", "ownCloud"),
    ("pCloud*", "pCloud"),
    ("MEGAsync*", "MEGA"),
    ("MEGA", "MEGA"),
    ("Box Sync", "Box"),
    ("SynologyDrive*", "Synology Drive"),
    ("Seafile*", "Seafile"),
    ("Tresorit*", "Tresorit"),
)
_SYNCED_MARKS = (
    (".stfolder", "Syncthing"),
    (".dropbox.cache", "Dropbox"),
    (".sync_*.db", "Nextcloud or ownCloud"),
    ("._sync_*.db", "Nextcloud or ownCloud"),
    (".owncloudsync.log*", "ownCloud"),
    (".nextcloudsync.log*", "Nextcloud"),
    (".tmp.drivedownload", "Google Drive"),
    (".tmp.driveupload", "Google Drive"),
    (".SynologyWorkingDirectory", "Synology Drive"),
    (".seafile-data", "Seafile"),
)


@dataclass(frozen=True)
class Mount:
    """A mounted file system: the device, where it is mounted, and its kind."""

    device: str
    point: Path
    kind: str

    @property
    def plain_kind(self) -> str:
        """The kind without the `fuse.` in front of it."""
        return self.kind.removeprefix("fuse.").removeprefix("fuseblk.").lower()


def read_mounts() -> tuple[Mount, ...]:
    """The mounted file systems; none where the system does not say."""
    listed = Path("/proc/self/mounts")
    if listed.exists():
        return parse_proc_mounts(listed.read_text(encoding="utf-8", errors="surrogateescape"))
    try:
        done = subprocess.run(["mount"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_mount_output(done.stdout)


def parse_proc_mounts(text: str) -> tuple[Mount, ...]:
    """Linux: device, place and kind between blanks, with blanks in names as `\\040`."""
    rows = (line.split(" ") for line in text.splitlines())
    return tuple(Mount(_plain(row[0]), Path(_plain(row[1])), row[2]) for row in rows if len(row) >= 3)


def parse_mount_output(text: str) -> tuple[Mount, ...]:
    """macOS and BSD: `//ana@server/share on /Volumes/share (smbfs, nodev)`."""
    found = re.findall(r"^(.+?) on (/.*?) \(([^,)]+)", text, re.MULTILINE)
    return tuple(Mount(device, Path(point), kind) for device, point, kind in found)


def _plain(name: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), name)


def mount_of(path: Path, mounts: tuple[Mount, ...]) -> Mount | None:
    """The file system that a path is on; of several on one place the last one mounted."""
    above = [mount for mount in mounts if path.is_relative_to(mount.point)]
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


def synced_by(path: Path) -> str:
    """Which service seems to keep a folder in step with other machines, and by what it was known ("" for none)."""
    for place in dict.fromkeys((path, path.resolve())):
        for folder in (place, *place.parents):
            for pattern, service in _SYNCED_NAMES:
                if fnmatch(folder.name, pattern):
                    return f"{service} (the folder {folder})"
            mark = _mark_in(folder)
            if mark:
                return mark
    return ""


def _mark_in(folder: Path) -> str:
    try:
        names = {entry.name for entry in folder.iterdir()}
    except OSError:
        return ""
    for pattern, service in _SYNCED_MARKS:
        found = next((name for name in names if fnmatch(name, pattern)), "")
        if found:
            return f"{service} ({folder / found})"
    # Dropbox marks its folder with a file; a folder of that name is where its program keeps its own settings.
    return f"Dropbox ({folder / '.dropbox'})" if ".dropbox" in names and (folder / ".dropbox").is_file() else ""


def encryption(mount: Mount | None, blocks: Path = Path("/sys/class/block")) -> Literal["yes", "no", "unknown"]:
    """Whether the disk below a mount is encrypted, as far as the system shows it."""
    if mount is None or mount.plain_kind in UNTOLD:
        return "unknown"
    if mount.plain_kind in ENCRYPTED:
        return "yes"
    if sys.platform == "darwin":
        return _file_vault()
    device = blocks / Path(os.path.realpath(mount.device)).name
    if not mount.device.startswith("/dev/") or not device.exists():
        return "unknown"
    return "yes" if _has_crypt_below(device, blocks) else "no"


def _has_crypt_below(device: Path, blocks: Path) -> bool:
    uuid, below = device / "dm" / "uuid", device / "slaves"
    if uuid.exists() and uuid.read_text().startswith("CRYPT-"):
        return True
    return below.is_dir() and any(_has_crypt_below(blocks / entry.name, blocks) for entry in below.iterdir())


def _file_vault() -> Literal["yes", "no", "unknown"]:
    try:
        done = subprocess.run(["fdesetup", "status"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return "yes" if "FileVault is On" in done.stdout else "no"
