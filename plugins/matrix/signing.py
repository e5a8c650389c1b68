"""Cross-signing: whether the account's own keys vouch for this device. Programs that show only such devices, or send keys
only to them, would otherwise leave Sage out."""

from __future__ import annotations

import os
from pathlib import Path as File

from mautrix.crypto.cross_signing_key import CrossSigningSeeds
from mautrix.crypto.ssss.key import Key
from mautrix.errors import MatrixError, MatrixRequestError
from mautrix.types import CrossSigningUsage

from .device import Device

RECOVERY = "recovery-key.txt"
"""Where the key lies that opens the account's own keys, if they were made here."""


async def sign(device: Device, folder: File, given: str) -> str:
    """Lets the account's own keys vouch for this device; returns a sentence for the person if they do not.

    `given`: the person's recovery key, or "". The account's own keys are only made where there are neither such keys nor
    a store for them: a second set would make the person's recovery key worthless.
    """
    if await device.is_signed():
        return ""
    machine, path = device.machine, folder / RECOVERY
    recovery = given or (path.read_text(encoding="utf-8").strip() if path.exists() else "")
    published = await device.store.get_cross_signing_keys(device.client.mxid)
    stored = await machine.ssss.get_default_key_id()
    if not (published or stored):
        recovery = await _make(device, path)
    if not recovery:
        return (
            "Programs that trust only signed devices do not show Sage's messages: give the account's recovery key "
            "(the secret recovery_key)."
        )
    try:
        keys = await _opened(device, recovery)
    except (MatrixError, ValueError, KeyError):
        return "The account's recovery key does not open its own keys, so that they do not vouch for Sage's messages."
    signing = published.get(CrossSigningUsage.SELF)
    if signing and signing.key != keys.to_keys().self_signing_key.public_key:
        return "The account's own keys were replaced: give its new recovery key (the secret recovery_key)."
    try:
        if not published:
            await machine._publish_cross_signing_keys(keys.to_keys())
        machine._import_cross_signing_keys(keys)
        await machine.sign_own_device(machine.own_identity)
    except MatrixRequestError:
        return "The Matrix server does not take this account's own keys from Sage: set them up in another program."
    return "" if await device.is_signed() else "The Matrix server does not show the signature of Sage's device."


async def _make(device: Device, path: File) -> str:
    """Makes the account's own keys, and the recovery key that opens them, which is on disk before anything else is."""
    key, seeds = Key.generate(), CrossSigningSeeds.generate()
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(out, f"{key.recovery_key}\n".encode())
        os.fsync(out)
    finally:
        os.close(out)
    ssss = device.machine.ssss
    await ssss.set_key_data(key.id, key.metadata)
    await device.machine._upload_cross_signing_keys_to_ssss(key, seeds)
    await ssss.set_default_key_id(key.id)
    return str(key.recovery_key)


async def _opened(device: Device, recovery: str) -> CrossSigningSeeds:
    name, data = await device.machine.ssss.get_default_key_data()
    key = data.verify_recovery_key(name, recovery)
    seeds: CrossSigningSeeds = await device.machine._fetch_cross_signing_keys_from_ssss(key)
    return seeds
