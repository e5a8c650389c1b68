"""Where a home lies: file systems, synced folders, encryption."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.adapters.home import home_place
from sage.adapters.home.home_place import Mount

PROC = (
    "/dev/vda1 / ext4 rw,relatime 0 0\n"
    "server:/export /home/ana/My\\040Share nfs4 rw 0 0\n"
    "ana@host: /home/ana/far fuse.sshfs rw 0 0\n"
    "tmpfs /home/ana/far/tmp tmpfs rw 0 0\n"
    "//nas/x /mnt cifs rw 0 0\n"
    "/dev/sdb1 /mnt ext4 rw 0 0\n"
    "broken\n"
)
MAC = (
    "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
    "//ana@nas/home on /Volumes/My Home (smbfs, nodev, nosuid, mounted by ana)\n"
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/ana", "ext4"), ("/home/ana/My Share/sage", "nfs4"), ("/home/ana/far/sage", "sshfs"),
     ("/home/ana/far/tmp", "tmpfs"), ("/home/ana/farther", "ext4"), ("/mnt/sage", "ext4")],
)  # fmt: skip
def test_the_innermost_and_last_mount_counts(path: str, kind: str) -> None:
    mount = home_place.mount_of(Path(path), home_place.parse_proc_mounts(PROC))
    assert mount is not None
    assert mount.plain_kind == kind


def test_mounts_of_a_mac_are_read() -> None:
    mounts = home_place.parse_mount_output(MAC)
    assert [mount.kind for mount in mounts] == ["apfs", "smbfs"]
    assert home_place.mount_of(Path("/Volumes/My Home/sage"), mounts) == mounts[1]
    assert mounts[1].plain_kind in home_place.NETWORK


def test_no_mounts_no_answer() -> None:
    assert home_place.mount_of(Path("/home"), ()) is None


@pytest.mark.parametrize(
    ("folder", "service"),
    [("Dropbox (Personal)/sage", "Dropbox"), ("OneDrive - Work/a/sage", "OneDrive"), ("Google Drive/sage", "Google Drive"),
     ("Library/Mobile Documents/sage", "iCloud Drive"), ("Library/CloudStorage/x/sage", "a cloud service"),
     ("Nextcloud/sage", "Nextcloud"), ("ownCloud/sage", "ownCloud"), ("docs/sage", ""), ("dropbox-notes/sage", "")],
)  # fmt: skip
def test_synced_folders_are_known_by_their_names(tmp_path: Path, folder: str, service: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    assert home_place.synced_by(tmp_path / folder).partition(" (")[0] == service


@pytest.mark.parametrize(
    ("mark", "service"),
    [(".stfolder", "Syncthing"), (".sync_0a1b2c.db", "Nextcloud or ownCloud"), (".tmp.drivedownload", "Google Drive"),
     (".dropbox.cache", "Dropbox"), (".dropbox", "Dropbox"), (".git", "")],
)  # fmt: skip
def test_synced_folders_are_known_by_what_lies_in_them(tmp_path: Path, mark: str, service: str) -> None:
    (tmp_path / "above" / "sage").mkdir(parents=True)
    (tmp_path / "above" / mark).write_text("")
    assert home_place.synced_by(tmp_path / "above" / "sage").partition(" (")[0] == service


def test_the_settings_of_dropbox_in_the_users_folder_are_no_synced_folder(tmp_path: Path) -> None:
    (tmp_path / ".dropbox").mkdir()
    (tmp_path / "sage").mkdir()
    assert home_place.synced_by(tmp_path / "sage") == ""


def test_a_link_into_a_synced_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "sage").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "Dropbox" / "sage")
    assert home_place.synced_by(tmp_path / "home").startswith("Dropbox")


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """A plain disk, and a volume on top of an encrypted one."""
    for name, uuid in (("vda", ""), ("dm-0", "CRYPT-LUKS2-0123-root"), ("dm-1", "LVM-4567")):
        (tmp_path / name / "slaves").mkdir(parents=True)
        if uuid:
            (tmp_path / name / "dm").mkdir()
            (tmp_path / name / "dm" / "uuid").write_text(f"{uuid}\n")
    (tmp_path / "dm-1" / "slaves" / "dm-0").mkdir()
    (tmp_path / "dm-0" / "slaves" / "vda").mkdir()
    return tmp_path


@pytest.mark.skipif(not Path("/proc").exists(), reason="another system's way to tell")
@pytest.mark.parametrize(
    ("device", "kind", "answer"),
    [("/dev/vda", "ext4", "no"), ("/dev/dm-1", "ext4", "yes"), ("/dev/dm-0", "btrfs", "yes"), ("/dev/sdz9", "ext4", "unknown"),
     ("overlay", "overlay", "unknown"), ("pool/home", "zfs", "unknown"), ("/home/.ana", "fuse.gocryptfs", "yes")],
)  # fmt: skip
def test_encryption_is_seen_through_volumes(blocks: Path, device: str, kind: str, answer: str) -> None:
    assert home_place.encryption(Mount(device, Path("/"), kind), blocks) == answer


def test_without_a_mount_encryption_is_unknown(blocks: Path) -> None:
    assert home_place.encryption(None, blocks) == "unknown"
