"""The authority that signs the banks' TLS certificates and those of their customers (RFC 5280)."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_TEN_YEARS = timedelta(days=3650)
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """Lives in a folder: ca.pem, ca.key, and the servers' server.pem and server.key.

    TLS looks at the machine's clock, not at the simulator's: so do the dates here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._certificate = x509.load_pem_x509_certificate(self.ca_file.read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key

    @classmethod
    def open(cls, folder: Path) -> "Authority":
        """The authority of `folder`, made on the first call."""
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "ca.pem").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            name = _name("Autoridade do simulador de bancos")
            builder = _certificate(name, name, key, _TEN_YEARS).add_extension(
                x509.BasicConstraints(ca=True, path_length=0), critical=True
            )
            signed = builder.add_extension(_usage(signs_certificates=True), critical=True)
            _write_key(folder / "ca.key", key)
            (folder / "ca.pem").write_bytes(_pem(signed.sign(key, hashes.SHA256())))
        return cls(folder)

    def server_files(self) -> tuple[Path, Path]:
        """Certificate and key of the servers on this machine, made on the first call."""
        certificate, key_file = self.folder / "server.pem", self.folder / "server.key"
        if not certificate.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            names = x509.SubjectAlternativeName(
                [
                    x509.DNSName("localhost"),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                    x509.IPAddress(ipaddress.ip_address("::1")),
                ]
            )
            builder = self._leaf("localhost", key, _TEN_YEARS, ExtendedKeyUsageOID.SERVER_AUTH)
            _write_key(key_file, key)
            signed = builder.add_extension(names, critical=False)
            certificate.write_bytes(_pem(signed.sign(self._key, hashes.SHA256())))
        return certificate, key_file

    def issue_client(self, common_name: str, days: int) -> tuple[str, str]:
        """A customer's certificate and private key, both PEM. RSA of 2048 bits, as banks issue."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        builder = self._leaf(common_name, key, timedelta(days=days), usage)
        signed = builder.sign(self._key, hashes.SHA256())
        return _pem(signed).decode(), _key_pem(key).decode()

    def _leaf(
        self, common_name: str, key: _Key, life: timedelta, usage: x509.ObjectIdentifier
    ) -> x509.CertificateBuilder:
        return (
            _certificate(_name(common_name), self._certificate.subject, key, life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate in DER, as TLS gives it, or PEM."""
    if certificate.startswith(b"-----"):
        found = x509.load_pem_x509_certificate(certificate)
    else:
        found = x509.load_der_x509_certificate(certificate)
    return found.fingerprint(hashes.SHA256()).hex()


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: _Key, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_key(path: Path, key: _Key) -> None:
    """Only the owner may read it."""
    path.touch(mode=0o600)
    path.write_bytes(_key_pem(key))
