from __future__ import annotations

import stat
from pathlib import Path

import certifi
import pytest

from httptui.target.tls import CertificateFolder


def test_the_ca_bundle_is_as_heavy_as_a_real_one_and_all_is_private() -> None:
    with CertificateFolder("127.0.0.1") as certificates:
        folder = certificates.ca_file.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(certificates.key.stat().st_mode) & 0o077 == 0
        assert certificates.ca_file.read_bytes().startswith(Path(certifi.where()).read_bytes())
    assert not folder.exists()


def test_certificates_leave_when_something_fails() -> None:
    with pytest.raises(RuntimeError), CertificateFolder("127.0.0.1") as certificates:
        raise RuntimeError
    assert not certificates.ca_file.parent.exists()
