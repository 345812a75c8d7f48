"""Certificates for servers on loopback, sound ones and such as nobody should believe."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from luna import clock


class Authority:
    """Signs certificates; `file` is its own, for whoever trusts it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._made = 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority {folder.name}")])
        public = self._key.public_key()
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        built = (
            _builder(self._name, self._name, public, days_left=365, from_day=-1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issued(self, host: str, *, days_left: int = 30, from_day: int = -2) -> ssl.SSLContext:
        """A server's side with a certificate for `host` ("" for none), good from that day on for so long from now."""
        return self._context(host, self._name, None, days_left=days_left, from_day=from_day)

    def self_signed(self, host: str) -> ssl.SSLContext:
        """A server's side with a certificate that nobody vouches for."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return self._context(host, name, ec.generate_private_key(ec.SECP256R1()), days_left=30, from_day=-2)

    def _context(
        self, host: str, issuer: x509.Name, own: ec.EllipticCurvePrivateKey | None, *, days_left: int, from_day: int
    ) -> ssl.SSLContext:
        key = own or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host or "nobody")])
        built = _builder(subject, issuer, key.public_key(), days_left=days_left, from_day=from_day)
        signer = (own or self._key).public_key()
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer)
        built = built.add_extension(identifier, critical=False)
        if host:
            built = built.add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        certificate = built.sign(own or self._key, hashes.SHA256())
        self._made += 1
        file = self._folder / f"server-{self._made}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, *, days_left: int, from_day: int
) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=from_day))
        .not_valid_after(now + timedelta(days=days_left))
    )


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
